import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectForRequests } from '../../../src/database/data-source.js';
import { boundWaiting, DatabaseBusy } from '../../../src/database/database-busy.js';
import { type Statement, Statements } from '../../../src/database/statements.js';
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

  it('are bounded: what comes beyond is refused at once, and the others are answered', async () => {
    let limit = 3;
    boundWaiting((dataSource.driver as PostgresDriver).master as Pool, () => limit);
    const bounded = new Statements(dataSource, configured());
    await bounded.run(ONE, []);
    const runner = holder.createQueryRunner();
    await runner.startTransaction();
    await runner.query('select pg_advisory_xact_lock(4711)');
    const first = bounded.run(LOCKED, []); // has the one connection
    const waiting = [bounded.run(ONE, []), bounded.run(ONE, []), bounded.run(ONE, [])];
    await expect(bounded.run(ONE, [])).rejects.toBeInstanceOf(DatabaseBusy);
    await expect(dataSource.query('select 1')).rejects.toBeInstanceOf(DatabaseBusy); // what TypeORM asks counts too
    limit = 0;
    const unbounded = bounded.run(ONE, []);
    await runner.commitTransaction();
    await runner.release();
    await first;
    expect(await Promise.all([...waiting, unbounded])).toEqual(Array(4).fill([{ one: 1 }]));
    expect(await bounded.run(ONE, [])).toEqual([{ one: 1 }]);
  });
});
