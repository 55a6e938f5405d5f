// Servers that are measured in turn: started, driven, counted, stopped.
import { Load } from './load.mjs';
import { STATISTICS_LAG_MS } from './postgres.mjs';
import { cpuSeconds, memory } from './process.mjs';
import { scenarios } from './scenarios.mjs';
import { Server, sleep } from './server.mjs';
import { summarize } from './summary.mjs';

const WARM_SECONDS = 0.7;
const FLOOR_SECONDS = 2;
const SETTLE_MS = 2000;

export const say = (text) => console.error(`${new Date().toISOString().slice(11, 19)} ${text}`);

export class Contest {
  #databases = [];
  constructor({ postgres, redis, floors, options }) {
    Object.assign(this, { postgres, redis, floors, options });
  }

  /** A running server with its own database and generator, prepared for `names`. `settings`: members of its configuration. */
  async bring({ name, bin, dsn }, names, { before, settings, ...sizes } = {}) {
    const db = `bench_${name.replace(/\W/g, '_')}_${process.pid}_${this.#databases.length}`;
    this.#databases.push(db);
    await this.postgres.create(db);
    const server = new Server({ name, bin, db, dsn: dsn.replace('{db}', db), redis: this.#redisUrl(), settings });
    server.migrate();
    await server.start();
    await sleep(SETTLE_MS);
    const idle = memory(server.child.pid).now;
    const { connections, pool, clients, generators: processes } = this.options;
    const load = new Load(server.target, { connections, pool, clients, processes, ...sizes });
    await before?.(server, db);
    say(`${name}: preparing`);
    await load.prepare(names);
    return { name, server, load, db, idle };
  }

  /** Each instance has its own database number in Redis. */
  #redisUrl() {
    const { redis } = this.options;
    return redis && `${redis.replace(/\/\d*$/, '')}/${this.#databases.length - 1}`;
  }

  /** All rounds of one scenario: each has its floors and then every server in turn. */
  async measure(name, servers) {
    const floors = [];
    const runs = servers.map(() => []);
    const start = await Promise.all(servers.map((s) => this.#begin(s)));
    for (let round = 0; round < this.options.rounds; round++) {
      floors.push(await this.#floorsOf(scenarios[name]));
      for (const [i, contestant] of servers.entries()) {
        const run = await this.#stretch(contestant, name);
        runs[i].push(run);
        const { ops, seconds, errors, firstErrors } = run;
        say(
          `${name} ${contestant.name}: ${ops} in ${seconds.toFixed(1)} s, ${errors} errors ${firstErrors.join(' | ')}`,
        );
      }
    }
    await sleep(STATISTICS_LAG_MS);
    return Promise.all(
      servers.map(async ({ db }, i) =>
        summarize(scenarios[name], floors, runs[i], await this.#totals(db, start[i], runs[i])),
      ),
    );
  }

  async #begin({ db }) {
    const totals = await this.postgres.laggingTotals(db);
    await this.postgres.resetStatements(db);
    return totals;
  }

  async #floorsOf({ floor }) {
    const at = { crypto: this.floors.crypto() };
    for (const f of new Set(['hello', floor])) at[f] = await this.floors.measure(f, FLOOR_SECONDS);
    return at;
  }

  /** Measures one stretch on one server; no request is in flight when the counters are read. */
  async #stretch({ server, load, db }, name) {
    const warm = await load.run(name, WARM_SECONDS);
    const before = await this.#counters(server, db);
    const run = await load.run(name, this.options.seconds);
    const after = await this.#counters(server, db);
    const per = Object.fromEntries(Object.keys(before).map((key) => [key, (after[key] - before[key]) / run.ops]));
    const firstErrors = [...new Set([...warm.firstErrors, ...run.firstErrors])];
    return { ...run, ...per, allOps: run.ops + warm.ops, errors: run.errors + warm.errors, firstErrors };
  }

  async #counters(server, db) {
    const cpu = {
      serverCpu: cpuSeconds(server.child.pid),
      postgresCpu: cpuSeconds(this.postgres.pid),
      redisCpu: this.redis ? cpuSeconds(this.redis.pid) : 0,
    };
    const { ms: sqlMs, ...sql } = await this.postgres.totals(db);
    const keys = await this.redis?.totals();
    return { ...cpu, sqlMs, ...sql, ...(keys && { redisCommands: keys.commands, redisBytes: keys.bytes }) };
  }

  async #totals(db, start, runs) {
    const ops = runs.reduce((sum, { allOps }) => sum + allOps, 0);
    const end = await this.postgres.laggingTotals(db);
    const per = (key) => (end[key] - start[key]) / ops;
    const top = (await this.postgres.topStatements(db)).map((s) => ({
      ...s,
      calls: Number((s.calls / ops).toFixed(3)),
      ms: Number((s.ms / ops).toFixed(4)),
    }));
    const [inserted, updated, deleted] = ['inserted', 'updated', 'deleted'].map(per);
    return { transactions: per('commits'), inserted, updated, deleted, rows: inserted - deleted, top };
  }

  /** Milliseconds from exec to ready, with those of a bare server. */
  async coldStarts(servers) {
    const starts = { floor: [], ...Object.fromEntries(servers.map(({ name }) => [name, []])) };
    for (let i = 0; i < this.options.starts; i++) {
      starts.floor.push(await this.floors.coldStart());
      for (const { name, server } of servers) {
        await server.stop();
        starts[name].push(await server.start());
      }
    }
    return starts;
  }

  async close({ server, load, db }) {
    load.close();
    await server.stop();
    await this.postgres.drop(db);
  }

  async dropAll() {
    for (const db of this.#databases) await this.postgres.drop(db).catch(() => undefined);
  }
}
