/** Migrations that run beside servers and beside each other. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { QueryRunner } from 'typeorm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrations } from '../../migrations/index.js';
import { type MigrationClass, openMigrator } from '../../src/database/migrations.js';
import { emptyDatabase, freshDatabase, type TestDatabase } from '../support/postgres.js';
import { pgbouncerProgram, startPgbouncer } from '../support/pgbouncer.js';
import { NEXT, withNext } from './next-schema.js';

const pathOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const PROCESSES = 8;

describe('migrations beside other work', () => {
  let database: TestDatabase;
  const clients: pg.Client[] = [];
  const children: ChildProcess[] = [];

  beforeEach(async () => {
    database = await freshDatabase();
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    for (const client of clients.splice(0)) await client.end();
    await database.drop();
  });

  async function connect(dsn = database.dsn): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: dsn });
    client.on('error', () => undefined);
    await client.connect();
    clients.push(client);
    return client;
  }

  async function applyNext(classes = withNext, dsn = database.dsn, onWait?: (text: string) => void): Promise<number> {
    const migrator = await openMigrator(dsn, onWait, classes);
    try {
      return (await migrator.up()).length;
    } finally {
      await migrator.close();
    }
  }

  const invalidIndexes = async (): Promise<unknown[]> =>
    (await (await connect()).query<pg.QueryResultRow>('select indexrelid from pg_index where not indisvalid')).rows;

  it('let requests pass while they wait for a table, and report the session that locks it', async () => {
    const holder = await connect();
    await holder.query('begin; select from client');
    let told: (text: string) => void = () => undefined;
    const waited = new Promise<string>((resolve) => (told = resolve));
    const applying = applyNext(withNext, database.dsn, told);
    const reader = await connect();
    const message = await waited; // the lock request was withdrawn once
    await reader.query('select count(*) from client'); // would wait forever behind a lock request that stays
    expect(message).toMatch(/Transactions are open: pid \d+/);
    await holder.query('commit');
    expect(await applying).toBe(NEXT.length);
  });

  it('in steps let requests pass in each step, and report the session that locks the table', async () => {
    const stepped = withNext.slice(0, -1);
    await applyNext(stepped);
    const holder = await connect();
    await holder.query('begin; select from refresh_chain');
    let told: (text: string) => void = () => undefined;
    const waited = new Promise<string>((resolve) => (told = resolve));
    const outcome = applyNext(withNext, database.dsn, told).catch((error: unknown) => error);
    expect(await Promise.race([waited, outcome])).toMatch(/Transactions are open: pid \d+/);
    await (await connect()).query('select count(*) from refresh_chain');
    await holder.query('commit');
    expect(await outcome).toBe(1);
  });

  it('are not stopped by the timeouts that are set for requests', async () => {
    const { rows } = await (await connect()).query<{ name: string }>('select current_database() as name');
    const limits = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'];
    for (const limit of limits) await (await connect()).query(`alter database ${rows[0]?.name} set ${limit} = '100ms'`);
    const slow = [Slow4000000000007, SlowInSteps4000000000008, SlowConcurrently4000000000009];
    expect(await applyNext([...migrations, ...slow])).toBe(slow.length);
  });

  it('in steps can run again after a kill at any step', async () => {
    for (const { name, up } of await killedSteps()) {
      const migrator = await openMigrator(database.dsn, undefined, withNext);
      await expect(openAndBreak(up), name).rejects.toThrow('killed');
      await migrator.up();
      expect((await migrator.status()).every(({ state }) => state === 'Applied')).toBe(true);
      expect(await invalidIndexes()).toEqual([]);
      await migrator.down(NEXT.length);
      await migrator.close();
    }
  });

  /** One program for each statement of a migration in steps. The program ends before the statement. */
  async function killedSteps(): Promise<{ name: string; up: MigrationClass[] }[]> {
    const found: { name: string; up: MigrationClass[] }[] = [];
    for (const stepped of NEXT.filter((one) => new one().transaction === false)) {
      const before = withNext.slice(0, withNext.indexOf(stepped));
      for (let steps = 1; steps <= (await stepsOf(stepped)); steps++)
        found.push({ name: `${stepped.name} ${steps}`, up: [...before, breaking(stepped, steps)] });
    }
    return found;
  }

  async function openAndBreak(classes: MigrationClass[]): Promise<void> {
    await applyNext(classes);
  }

  it('replace an index that was not finished', async () => {
    const direct = await connect();
    await applyNext(withNext.slice(0, -3));
    await direct.query(
      "insert into client (client_id, metadata, created_at, updated_at, secret_hash) values ('a', '{}', now(), now(), 's'), ('b', '{}', now(), now(), 's')",
    );
    await expect(
      direct.query('create unique index concurrently client_secret on client (secret_hash)'),
    ).rejects.toThrow();
    expect(await invalidIndexes()).toHaveLength(1);
    expect(await applyNext()).toBe(3);
    expect(await invalidIndexes()).toEqual([]);
  });

  it(`are applied once by ${PROCESSES} processes at the same time, one of which is killed`, async () => {
    const empty = await emptyDatabase();
    try {
      const outcomes = await together(empty.dsn);
      expect(outcomes.killed).not.toBe(0);
      expect(outcomes.codes).toEqual(Array.from({ length: PROCESSES - 1 }, () => 0));
      const migrator = await openMigrator(empty.dsn, undefined, withNext);
      expect((await migrator.status()).every(({ state }) => state === 'Applied')).toBe(true);
      await migrator.close();
      const rows = await (await connect(empty.dsn)).query('select name, count(*) from migrations group by name');
      expect(rows.rows.map(({ count }: { count: string }) => count)).toEqual(withNext.map(() => '1'));
      expect((await (await connect(empty.dsn)).query('select from pg_index where not indisvalid')).rowCount).toBe(0);
    } finally {
      for (const client of clients.splice(0)) await client.end();
      await empty.drop();
    }
  });

  async function together(dsn: string): Promise<{ killed: number | null; codes: (number | null)[] }> {
    const start = (): ChildProcess => {
      const child = spawn(process.execPath, [pathOf('../support/run-module.mjs'), pathOf('./migrate-next.ts'), dsn]);
      children.push(child);
      return child;
    };
    const all = Array.from({ length: PROCESSES }, start);
    const ended = all.map(async (child) => (await once(child, 'exit'))[0] as number | null);
    const watcher = await connect(dsn);
    const busy = `select 1 from pg_locks where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())`;
    await expect.poll(async () => (await watcher.query(busy)).rowCount, { interval: 5 }).toBeGreaterThan(0);
    all[0]?.kill('SIGKILL');
    const [killed = null, ...codes] = await Promise.all(ended);
    return { killed, codes };
  }

  it.skipIf(pgbouncerProgram() === undefined)(
    'run through a pooler in transaction mode, also several at once',
    async () => {
      const pooler = await startPgbouncer(database.dsn);
      try {
        const applied = await Promise.all([1, 2, 3, 4].map(() => applyNext(withNext, pooler.dsn)));
        expect(applied.reduce((a, b) => a + b)).toBe(NEXT.length);
        expect(await invalidIndexes()).toEqual([]);
      } finally {
        await pooler.stop();
      }
    },
  );
});

class Slow4000000000007 {
  name = 'Slow4000000000007';
  up = (runner: QueryRunner): Promise<void> => runner.query('select pg_sleep(0.3)');
  down = (): Promise<void> => Promise.resolve();
}

class SlowInSteps4000000000008 extends Slow4000000000007 {
  override name = 'SlowInSteps4000000000008';
  transaction = false;
}

class SlowConcurrently4000000000009 extends SlowInSteps4000000000008 {
  override name = 'SlowConcurrently4000000000009';
  override up = (runner: QueryRunner): Promise<void> => runner.query('select pg_sleep(0.3) as concurrently');
}

async function stepsOf(stepped: MigrationClass): Promise<number> {
  let steps = 0;
  const count = { query: () => Promise.resolve((steps++, [])) };
  await new stepped().up(count as never);
  return steps;
}

/** The same migration in a process that ends before the statement with that number, or before it is recorded. */
function breaking(stepped: MigrationClass, at: number): MigrationClass {
  return class extends stepped {
    override async up(runner: Parameters<InstanceType<MigrationClass>['up']>[0]): Promise<void> {
      let steps = 0;
      const query = (text: string, values?: unknown[]): Promise<unknown> => {
        if (steps++ === at) throw new Error('killed');
        return runner.query(text, values);
      };
      await super.up({ query } as never);
      throw new Error('killed');
    }
  };
}
