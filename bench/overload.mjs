#!/usr/bin/env node
// Asks a server for more than it can do: finds its capacity in a closed loop, then offers several
// times as much in an open loop.
//   node bench/overload.mjs --dsn 'postgres://user@127.0.0.1:PORT/{db}' [--redis URL] [--load NAME]   (README.md)
import { fork } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { LOADS } from './lib/loads.mjs';
import { OURS } from './lib/options.mjs';
import { Postgres } from './lib/postgres.mjs';
import { ReadyProbe } from './lib/ready-probe.mjs';
import { Server, sleep } from './lib/server.mjs';

const WARM_SECONDS = 3;
const SETTLE_MS = 2_000;
/** A response later than this after it was due is as good as none. */
const IN_TIME_MS = 2_000;

const { values } = parseArgs({
  options: {
    bin: { type: 'string', default: `${process.execPath} ${OURS}` },
    dsn: { type: 'string' },
    redis: { type: 'string' },
    load: { type: 'string', multiple: true, default: Object.keys(LOADS) },
    seconds: { type: 'string', default: '15' },
    times: { type: 'string', default: '4' },
    connections: { type: 'string', default: '2000' },
    most: { type: 'string', default: '8000' },
    concurrency: { type: 'string', default: '64' },
    json: { type: 'string' },
  },
});
if (!values.dsn?.includes('{db}') || values.load.some((name) => !LOADS[name])) {
  console.error(`Give --dsn postgres://user@127.0.0.1:5432/{db}; --load is one of ${Object.keys(LOADS).join(', ')}.`);
  process.exit(2);
}
const numbers = ['seconds', 'times', 'connections', 'most', 'concurrency'];
const [seconds, times, connections, most, concurrency] = numbers.map((name) => Number(values[name]));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));

/** The parent's side of the generator process. */
class Flood {
  constructor(target) {
    const file = fileURLToPath(new URL('lib/flood.mjs', import.meta.url));
    this.child = fork(file, [JSON.stringify({ target, connections, most })], { serialization: 'advanced' });
  }
  tell(message) {
    return new Promise((ok, no) => {
      const died = () => no(new Error('the generator process died'));
      this.child.once('exit', died).once('message', (m) => {
        this.child.off('exit', died);
        m.failed ? no(new Error(m.failed)) : ok(m.ok);
      });
      this.child.send(message);
    });
  }
  close() {
    this.child.disconnect();
  }
}

const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];

function logLines(server) {
  const lines = readFileSync(join(server.dir, 'server.log'), 'utf8').split('\n');
  return { all: lines.length - 1, warnings: lines.filter((line) => /warn(ing)?\b/i.test(line.slice(0, 200))).length };
}

async function measure(name) {
  const postgres = await new Postgres(values.dsn).open();
  const db = `bench_overload_${process.pid}_${name.replace(/\W/g, '_')}`;
  await postgres.create(db);
  const settings = { log: { level: 'info' } };
  const server = new Server({
    name: 'overload',
    bin: values.bin,
    db,
    dsn: postgres.url(db),
    redis: values.redis,
    settings,
  });
  let flood;
  try {
    server.migrate();
    await server.start();
    flood = new Flood(server.target);
    await flood.tell({ do: 'prepare', load: name });
    await flood.tell({ do: 'closed', seconds: WARM_SECONDS, concurrency });
    const calm = await flood.tell({ do: 'closed', seconds, concurrency });
    await sleep(SETTLE_MS);
    return await overloaded(server, flood, calm.accepted.length / seconds);
  } finally {
    flood?.close();
    if (server.child) await server.stop();
    await postgres.drop(db);
  }
}

async function overloaded(server, flood, capacity) {
  const before = logLines(server);
  const probe = new ReadyProbe(server.target).start();
  const run = await flood.tell({ do: 'open', seconds, rate: capacity * times });
  const ready = probe.stop();
  const after = logLines(server);
  const [accepted, refused] = [run.accepted.sort(), run.refused.sort()];
  const inTime = accepted.filter((ms) => ms <= IN_TIME_MS).length;
  return {
    capacity,
    offered: run.launched / seconds,
    served: inTime / seconds / capacity,
    accepted: { count: accepted.length, p50: quantile(accepted, 0.5), p99: quantile(accepted, 0.99) },
    refused: { count: refused.length, p50: quantile(refused, 0.5), p99: quantile(refused, 0.99) },
    errors: run.errors,
    unanswered: run.unanswered,
    ready,
    logged: { lines: after.all - before.all, warnings: after.warnings - before.warnings },
    generator: { cpu: run.cpu, slowestStart: run.slowestStart },
  };
}

const ms = (value) => (value === undefined ? '-' : `${value.toFixed(value < 10 ? 1 : 0)} ms`);

function tell(name, r) {
  console.log(`${name}: capacity ${r.capacity.toFixed(0)}/s, offered ${r.offered.toFixed(0)}/s for ${seconds} s
  served in time   ${(r.served * 100).toFixed(1)} % of capacity
  accepted         ${r.accepted.count}: p50 ${ms(r.accepted.p50)}, p99 ${ms(r.accepted.p99)}
  refused          ${r.refused.count}: p50 ${ms(r.refused.p50)}, p99 ${ms(r.refused.p99)}
  other answers    ${r.errors.reduce((sum, [, n]) => sum + n, 0)} ${r.errors
    .slice(0, 3)
    .map(([what]) => what)
    .join(' | ')}
  not answered     ${r.unanswered}
  ready            ${r.ready.failed} of ${r.ready.asked} probes failed, the slowest took ${ms(r.ready.slowest)}
  log              ${r.logged.lines} lines, ${r.logged.warnings} of them warnings
  generator        ${(r.generator.cpu * 100).toFixed(0)} % of a core, at most ${ms(r.generator.slowestStart)} behind`);
}

const results = {};
for (const name of values.load) {
  results[name] = await measure(name);
  tell(name, results[name]);
  if (values.json) writeFileSync(values.json, `${JSON.stringify(results, null, 1)}\n`);
}
