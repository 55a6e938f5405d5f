import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigHolder } from '../../../src/config/config-holder.js';
import type { Configuration } from '../../../src/config/configuration.js';
import { Statements } from '../../../src/database/statements.js';
import { DatabaseLoad } from '../../../src/database/waiting-queue.js';
import { PostgresFlowStore } from '../../../src/flow-store/postgres-flow-store.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { describeFlowStore } from './contract.js';

interface Pool {
  dataSource: DataSource;
  store: PostgresFlowStore;
}

const config = new ConfigHolder({ database: { prepared: 'auto' } } as unknown as Configuration);

async function openPool(dsn: string): Promise<Pool> {
  const dataSource = await new DataSource({ type: 'postgres', url: dsn }).initialize();
  return { dataSource, store: new PostgresFlowStore(new Statements(dataSource, config, new DatabaseLoad(() => 0))) };
}

describeFlowStore('PostgreSQL', async () => {
  const database = await freshDatabase();
  const [first, second] = await Promise.all([openPool(database.dsn), openPool(database.dsn)]);
  return {
    first: first.store,
    second: second.store,
    close: async () => {
      await Promise.all([first.dataSource.destroy(), second.dataSource.destroy()]);
      await database.drop();
    },
  };
});

describe('ended flows in PostgreSQL', () => {
  let database: TestDatabase;
  let pool: Pool;

  beforeAll(async () => {
    database = await freshDatabase();
    pool = await openPool(database.dsn);
  });
  afterAll(async () => {
    await pool.dataSource.destroy();
    await database.drop();
  });

  const rows = async (): Promise<number> => {
    const [row] = await pool.dataSource.query<{ count: number }[]>('select count(*)::int as count from flow');
    return row?.count ?? 0;
  };

  it('are deleted in batches, and live ones stay', async () => {
    const [ended, living] = [Array.from({ length: 5 }, () => randomBytes(32)), randomBytes(32)];
    for (const key of ended) await pool.store.put(key, Buffer.from('ended'), -1);
    await pool.store.put(living, Buffer.from('living'), 3_600_000);
    expect(await pool.store.sweep(new Date(), 3)).toBe(3);
    expect(await pool.store.sweep(new Date(), 3)).toBe(2);
    expect(await pool.store.sweep(new Date(), 3)).toBe(0);
    expect(await rows()).toBe(1);
    expect((await pool.store.get(living))?.value).toEqual(Buffer.from('living'));
  });
});
