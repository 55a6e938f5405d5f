import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMigrator } from '../../src/database/migrations.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { withNext } from './next-schema.js';

describe('the effect of pending migrations on tables with rows', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await freshDatabase();
    const client = new pg.Client({ connectionString: database.dsn });
    await client.connect();
    await client.query(`insert into client (client_id, metadata, created_at, updated_at)
select 'c' || i, '{}', now(), now() from generate_series(1, 700) i`);
    await client.query('analyze');
    await client.end();
  });
  afterAll(() => database.drop());

  it('is described with the number of rows, the blocked statements, and the duration', async () => {
    const migrator = await openMigrator(database.dsn, undefined, withNext);
    const pending = (await migrator.status()).filter(({ state }) => state === 'Pending');
    const lines = await migrator.affects(pending);
    await migrator.close();
    const about = (name: string): string[] => lines.filter((line) => line.includes(name));
    expect(about('NullableColumns')[0]).toMatch(
      /NullableColumns: client \(about 700 rows, \d+ MiB\): nobody reads or writes it for a moment \(add column later text\)/,
    );
    expect(about('NullableColumns').map((line) => line.split(' ')[2])).toContain('access_token'); // stands for its partitions
    expect(about('NewIndexes')[0]).toContain('nobody waits');
    expect(about('NewTable')).toEqual([]);
    expect(about('FilledInPortions')).toEqual([]);
  });

  it('is empty for missing tables', async () => {
    const migrator = await openMigrator(database.dsn, undefined, withNext);
    const [first] = (await migrator.status()).slice(-1);
    const lines =
      first &&
      (await migrator.affects([{ ...first, effects: first.effects.map((one) => ({ ...one, table: 'tenant' })) }]));
    await migrator.close();
    expect(lines).toEqual([]);
  });
});
