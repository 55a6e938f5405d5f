import { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectForRequests } from '../../../src/database/data-source.js';
import { boundWaiting, DatabaseBusy } from '../../../src/database/database-busy.js';
import { type Statement, Statements } from '../../../src/database/statements.js';
import { DatabaseLoad } from '../../../src/database/waiting-queue.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { configured } from './connections.js';

const ONE: Statement = { name: 'test_one', text: 'select 1 as one' };
const LOCKED: Statement = { name: 'test_locked', text: 'select pg_advisory_xact_lock(4711)' };

describe('statements that wait for a connection', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let holder: DataSource;
  beforeAll(async () => {
    database = await freshDatabase();
    dataSource = await connectForRequests(`${database.dsn}${database.dsn.includes('?') ? '&' : '?'}max_conns=1`, []);
    holder = await connectForRequests(database.dsn, []);
  });
  afterAll(async () => {
    await Promise.all([dataSource.destroy(), holder.destroy()]);
    await database.drop();
  });

  it('are limited in number: further statements are refused at once, and the others are answered', async () => {
    let limit = 3;
    const load = new DatabaseLoad(() => 0);
    boundWaiting((dataSource.driver as PostgresDriver).master as Pool, () => limit, load);
    const bounded = new Statements(dataSource, configured(), load);
    await bounded.run(ONE, []);
    const runner = holder.createQueryRunner();
    await runner.startTransaction();
    await runner.query('select pg_advisory_xact_lock(4711)');
    const first = bounded.run(LOCKED, []); // holds the only connection
    const waiting = [bounded.run(ONE, []), bounded.run(ONE, []), bounded.run(ONE, [])];
    await expect(bounded.run(ONE, [])).rejects.toBeInstanceOf(DatabaseBusy);
    await expect(dataSource.query('select 1')).rejects.toBeInstanceOf(DatabaseBusy); // statements of TypeORM count too
    limit = 0;
    const unbounded = bounded.run(ONE, []);
    await runner.commitTransaction();
    await runner.release();
    await first;
    expect(await Promise.all([...waiting, unbounded])).toEqual(Array(4).fill([{ one: 1 }]));
    expect(await bounded.run(ONE, [])).toEqual([{ one: 1 }]);
  });
});

describe('callers that stopped waiting for a connection', () => {
  const MANY = 5_000;
  let database: TestDatabase;
  beforeAll(async () => {
    database = await freshDatabase();
  });
  afterAll(() => database.drop());

  it.each([1, 3])('leave their connection to the next caller, however many they are (%i connections)', async (max) => {
    const pool = new Pool({ connectionString: database.dsn, max });
    pool.on('error', () => undefined); // if the test fails, the database is dropped first
    const load = new DatabaseLoad(() => 0.05);
    boundWaiting(pool, () => 0, load);
    const held = await Promise.all(Array.from({ length: max }, () => pool.connect()));
    const all = await Promise.allSettled(Array.from({ length: MANY }, () => pool.connect()));
    expect(all.every((one) => one.status === 'rejected' && one.reason instanceof DatabaseBusy)).toBe(true);
    expect(load.waiting).toBe(0);
    for (const connection of held) connection.release();
    expect((await pool.query<{ one: number }>('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await expect.poll(() => [pool.waitingCount, pool.idleCount, pool.totalCount]).toEqual([0, max, max]);
    const again = await Promise.all(Array.from({ length: max }, () => pool.connect()));
    for (const connection of again) connection.release();
    await pool.end();
  });
});
