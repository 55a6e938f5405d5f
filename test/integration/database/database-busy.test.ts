import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigHolder } from '../../../src/config/config-holder.js';
import type { Configuration } from '../../../src/config/configuration.js';
import { connectForRequests } from '../../../src/database/data-source.js';
import { DatabaseBusy } from '../../../src/database/database-busy.js';
import { type Statement, Statements } from '../../../src/database/statements.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';

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

  const statements = (max_waiting: number) => {
    const part = { database: { prepared: 'auto', max_waiting } };
    return new Statements(dataSource, new ConfigHolder(part as unknown as Configuration));
  };

  it('are bounded: what comes beyond is refused at once, and the others are answered', async () => {
    const bounded = statements(3);
    await bounded.run(ONE, []);
    const runner = holder.createQueryRunner();
    await runner.startTransaction();
    await runner.query('select pg_advisory_xact_lock(4711)');
    const first = bounded.run(LOCKED, []); // has the one connection
    const waiting = [bounded.run(ONE, []), bounded.run(ONE, []), bounded.run(ONE, [])];
    await expect(bounded.run(ONE, [])).rejects.toBeInstanceOf(DatabaseBusy);
    const unbounded = statements(0).run(ONE, []);
    await runner.commitTransaction();
    await runner.release();
    await first;
    expect(await Promise.all([...waiting, unbounded])).toEqual(Array(4).fill([{ one: 1 }]));
    expect(await bounded.run(ONE, [])).toEqual([{ one: 1 }]);
  });
});
