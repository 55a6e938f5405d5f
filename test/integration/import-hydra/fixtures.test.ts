import { dumpTables } from '../../support/dump-text.js';
import { introspected } from '../../support/hydra-oracle.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { hydraOpened } from '../../support/hydra-crypto.js';
import { type HydraFixture, secondHydra, secondHydraDatabase } from '../../support/hydra-second.js';
import {
  changedHydraDatabase,
  hydraAnswers,
  hydraConfiguration,
  hydraDatabase,
  hydraDump,
  OLDER_SCHEMAS,
  olderHydraDatabase,
  onDatabase,
} from '../../support/hydra-database.js';

const REFRESH_TOKENS = 'select count(*)::integer as rows from hydra_oauth2_refresh';

const rowsOf = (dsn: string, sql: string): Promise<unknown> =>
  onDatabase(dsn, async (client) => (await client.query<{ rows: unknown }>(sql)).rows[0]?.rows);

describe('the rules by which the tests judge', () => {
  it('give the answers that Hydra itself gave about every token', async () => {
    const [configuration, answers] = [await hydraConfiguration(), await hydraAnswers()];
    const tables = dumpTables(await hydraDump());
    // by the moment of the dump no token had ended whose end had not been waited for
    const state = { tables, configuration, now: new Date('2026-11-29T06:34:00Z') };
    const computed = Object.fromEntries(Object.keys(answers).map((token) => [token, introspected(token, state)]));
    expect(computed).toEqual(answers);
  });
});

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

describe('the second database of Hydra', () => {
  let second: HydraFixture;
  beforeAll(async () => {
    second = await secondHydra();
  });

  it('has rows under each of two secrets, and rows that are not sealed', () => {
    const [newest, oldest] = second.configuration.secrets.system;
    const texts = Object.values(dumpTables(second.dump))
      .flat()
      .map(({ session_data, keydata }) => session_data ?? keydata)
      .filter((text) => typeof text === 'string');
    const opens = (text: string, secret?: string): boolean => {
      try {
        return hydraOpened(text, [secret ?? '']) !== '';
      } catch {
        return false;
      }
    };
    const plain = texts.filter((text) => text.startsWith('{')).length;
    const counts = [newest, oldest].map((secret) => texts.filter((text) => opens(text, secret)).length);
    expect(plain + counts[0]! + counts[1]!).toBe(texts.length);
    expect(Math.min(plain, ...counts)).toBeGreaterThan(20);
  });

  it('shares no credential with the first one', async () => {
    const old = Object.keys(await hydraAnswers());
    expect(Object.keys(second.expected).filter((token) => old.includes(token))).toEqual([]);
    expect(second.dump).not.toContain('849e50085d16edd329123efad5532a7f049e5304399f899988f00fda23a6635f');
  });

  it('has the same credentials at every run', async () => {
    expect(Object.keys((await secondHydra()).expected)).toEqual(Object.keys(second.expected));
  });

  it('can be restored', async () => {
    const database = await secondHydraDatabase();
    expect(await rowsOf(database.dsn, REFRESH_TOKENS)).toBe(49);
    await database.drop();
  });
});
