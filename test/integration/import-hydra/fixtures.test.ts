import { describe, expect, it } from 'vitest';
import {
  changedHydraDatabase,
  hydraDatabase,
  OLDER_SCHEMAS,
  olderHydraDatabase,
  onDatabase,
} from '../../support/hydra-database.js';

const REFRESH_TOKENS = 'select count(*)::integer as rows from hydra_oauth2_refresh';

const rowsOf = (dsn: string, sql: string): Promise<unknown> =>
  onDatabase(dsn, async (client) => (await client.query<{ rows: unknown }>(sql)).rows[0]?.rows);

describe('the database of Hydra for tests', () => {
  it('is restored from the dump, and each test changes a copy of its own', async () => {
    const [whole, changed] = [await hydraDatabase(), await changedHydraDatabase('delete from hydra_oauth2_refresh')];
    expect([await rowsOf(whole.dsn, REFRESH_TOKENS), await rowsOf(changed.dsn, REFRESH_TOKENS)]).toEqual([31, 0]);
    await Promise.all([whole.drop(), changed.drop()]);
  });

  it.each(Object.keys(OLDER_SCHEMAS) as (keyof typeof OLDER_SCHEMAS)[])(
    'takes the form of release %s',
    async (release) => {
      const database = await olderHydraDatabase(release);
      const columns = `select json_agg(column_name) as rows from information_schema.columns where table_name = 'hydra_client'`;
      expect(await rowsOf(database.dsn, columns)).not.toContain('rotated_secrets');
      await database.drop();
    },
  );
});
