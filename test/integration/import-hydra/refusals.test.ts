import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentsOf, importInto, refusalOf } from '../../support/hydra-import.js';
import {
  changedHydraDatabase,
  hydraConfiguration,
  hydraDatabase,
  OLDER_SCHEMAS,
  type OlderSchema,
  olderHydraDatabase,
  onDatabase,
} from '../../support/hydra-database.js';
import { emptyDatabase, freshDatabase, type TestDatabase } from '../../support/postgres.js';

const OTHER_NETWORK = '0f0f0f0f-0000-4000-8000-000000000001';
const ADD_OTHER_NETWORK = `insert into networks (id, created_at, updated_at) values ('${OTHER_NETWORK}', now(), now());
  create temporary table other as select * from hydra_client order by id limit 1;
  update other set id = 'of-another-network', nid = '${OTHER_NETWORK}', pk = null, pk_deprecated = 9999;
  insert into hydra_client select * from other`;
const UNREADABLE_TOKENS = `update hydra_oauth2_access set session_data = overlay(session_data placing 'AAAA' from 20)
  where signature in (select signature from hydra_oauth2_access where session_data not like '{%' order by 1 limit 2)`;
const UNREADABLE_KEY = `update hydra_jwk set keydata = overlay(keydata placing 'AAAA' from 20)
  where pk = (select pk from hydra_jwk where sid = 'hydra.openid.id-token' order by kid limit 1)`;

describe('an import from Hydra', () => {
  let hydra: TestDatabase;
  let target: TestDatabase;
  let untouched: Record<string, string[]>;
  const databases: TestDatabase[] = [];

  const kept = async (database: Promise<TestDatabase>): Promise<string> => {
    const made = await database;
    databases.push(made);
    return made.dsn;
  };
  const changed = (statements: string): Promise<string> => kept(changedHydraDatabase(statements));
  const refused = async (from: string, options = {}): Promise<string> => {
    const message = await refusalOf({ from, to: target.dsn }, options);
    expect(await contentsOf(target.dsn)).toEqual(untouched);
    return message;
  };

  beforeAll(async () => {
    hydra = await hydraDatabase();
    target = await freshDatabase();
    databases.push(hydra, target);
    untouched = await contentsOf(target.dsn);
  });
  afterAll(async () => {
    await Promise.all(databases.map((database) => database.drop()));
  });

  describe('refuses, and leaves the target as it was:', () => {
    it('secrets that open nothing, naming every table and its number of rows', async () => {
      const configuration = { ...(await hydraConfiguration()), secrets: { system: ['a secret of somebody else'] } };
      const message = await refused(hydra.dsn, { configuration });
      for (const table of ['hydra_jwk', 'hydra_oauth2_access', 'hydra_oauth2_refresh'])
        expect(message).toMatch(new RegExp(`system secret missing: \\d+ of \\d+ rows in ${table} cannot be decrypted`));
    });

    it('single rows that no secret opens', async () => {
      const message = await refused(await changed(UNREADABLE_TOKENS));
      expect(message).toContain('system secret missing: 2 of 32 rows in hydra_oauth2_access cannot be decrypted');
      expect(message).toContain('--leave-unreadable');
    });

    it('a role that may not read every table, naming those', async () => {
      const dsn = await changed('select');
      const role = `reader_${randomUUID().replaceAll('-', '')}`;
      const address = new URL(dsn);
      [address.username, address.password] = [role, 'reader'];
      await onDatabase(dsn, (client) =>
        client.query(`create role ${role} login password 'reader'; grant select on all tables in schema public to ${role};
          revoke select on hydra_jwk, networks from ${role}`),
      );
      try {
        expect(await refused(address.href)).toMatch(/may not read hydra_jwk, networks\. Run `grant select on all/);
      } finally {
        await onDatabase(dsn, (client) => client.query(`drop owned by ${role}; drop role ${role}`));
      }
    });

    it('a database without tables of Hydra', async () => {
      expect(await refused(await kept(emptyDatabase()))).toContain(
        'not a database of Hydra: it has no table schema_migration',
      );
    });

    it('a Hydra of 1.x', async () => {
      const message = await refused(await changed('alter table hydra_client drop column nid cascade'));
      expect(message).toMatch(/1\.x.*hydra migrate sql up.*2\.2/);
    });

    it('a table and a column that are missing', async () => {
      const message = await refused(
        await changed('drop table hydra_oauth2_refresh cascade; alter table hydra_jwk drop column keydata'),
      );
      expect(message).toContain('the table hydra_oauth2_refresh');
      expect(message).toContain('the column hydra_jwk.keydata');
      expect(message).toContain('hydra migrate sql up');
    });

    it('a source that cannot be reached', async () => {
      const message = await refused('postgres://hydra:secret@127.0.0.1:1/hydra');
      expect(message).toContain('PostgreSQL cannot be used at 127.0.0.1:1, database hydra');
      expect(message).not.toContain('secret');
    });

    it('a network that is not there, naming those that are', async () => {
      const message = await refused(hydra.dsn, { network: OTHER_NETWORK });
      expect(message).toMatch(new RegExp(`no network ${OTHER_NETWORK}.*c5d14499-8f0b-4a5b-af00-c75b09d09025`));
    });
  });

  it('refuses a target that is not migrated', async () => {
    const bare = await kept(emptyDatabase());
    expect(await refusalOf({ from: hydra.dsn, to: bare })).toContain('ostiary migrate sql up');
  });

  it('refuses the source as its own target, however its address is spelled', async () => {
    const before = await contentsOf(hydra.dsn);
    for (const to of [hydra.dsn, `${hydra.dsn}&application_name=another`])
      expect(await refusalOf({ from: hydra.dsn, to })).toContain('Source and target are the same database');
    expect(await contentsOf(hydra.dsn)).toEqual(before);
  });

  it('refuses a target that is not empty, naming what is there', async () => {
    const taken = await kept(freshDatabase());
    await onDatabase(taken, (client) =>
      client.query(`insert into client (client_id, metadata, created_at, updated_at) values ('own', '{}', now(), now());
        insert into login_session (id, subject, authenticated_at, remember, expires_at) values (gen_random_uuid(), 'a', now(), true, now()), (gen_random_uuid(), 'b', now(), true, now())`),
    );
    const before = await contentsOf(taken);
    expect(await refusalOf({ from: hydra.dsn, to: taken })).toContain('it holds clients (1), login sessions (2)');
    expect(await contentsOf(taken)).toEqual(before);
  });

  describe('in a dry run', () => {
    const rehearsed = (from: string, options = {}): ReturnType<typeof importInto> =>
      importInto({ from, to: target.dsn }, { dryRun: true, ...options });

    it.each(Object.keys(OLDER_SCHEMAS) as OlderSchema[])('reads a Hydra of %s', async (release) => {
      const report = await rehearsed(await kept(olderHydraDatabase(release)));
      expect(report.tables.find(({ table }) => table === 'hydra_oauth2_refresh')?.imported).toBeGreaterThan(0);
      for (const { rows, imported, left_out } of report.tables)
        expect(imported + left_out.reduce((sum, reason) => sum + reason.rows, 0)).toBe(rows);
    });

    it('warns of a schema that is newer than the known ones', async () => {
      const from = await changed(`insert into schema_migration values ('20990101000000000000', 0)`);
      const report = await rehearsed(from);
      expect(report.source.schema).toBe('20990101000000000000');
      expect(report.warnings.join()).toContain('20990101000000000000');
    });

    it('takes the oldest network, or the one that is asked for, and leaves out the others', async () => {
      const from = await changed(ADD_OTHER_NETWORK);
      const oldest = await rehearsed(from);
      expect(oldest.source.other_networks).toEqual([OTHER_NETWORK]);
      expect(oldest.warnings.join()).toContain(OTHER_NETWORK);
      const clients = { table: 'hydra_client', rows: 30 };
      expect(oldest.tables).toContainEqual(
        expect.objectContaining({ ...clients, imported: 29, left_out: [{ reason: 'of another network', rows: 1 }] }),
      );
      const other = await rehearsed(from, { network: OTHER_NETWORK });
      expect(other.tables).toContainEqual(
        expect.objectContaining({ ...clients, imported: 1, left_out: [{ reason: 'of another network', rows: 29 }] }),
      );
    });

    it('warns of other sessions, which may be those of a running Hydra', async () => {
      const report = await onDatabase(hydra.dsn, () => rehearsed(hydra.dsn));
      expect(report.warnings.join()).toMatch(
        /Other sessions are connected to the source: 1 \(.*Hydra should be stopped/,
      );
      expect((await rehearsed(hydra.dsn)).warnings).toEqual([]);
    });

    it('leaves out rows that no secret opens where that is asked for, and names keys among them', async () => {
      const from = await changed(`${UNREADABLE_TOKENS}; ${UNREADABLE_KEY}`);
      const report = await rehearsed(from, { leaveUnreadable: true });
      const reason = 'sealed under a secret that is not listed';
      const leftOut = (table: string): unknown => report.tables.find((found) => found.table === table)?.left_out;
      expect(leftOut('hydra_oauth2_access')).toContainEqual({ reason, rows: 2 });
      expect(leftOut('hydra_jwk')).toContainEqual({ reason, rows: 1 });
      expect(report.warnings.join()).toContain('hydra.openid.id-token');
    });

    it('writes nothing', async () => {
      const report = await rehearsed(hydra.dsn);
      expect(report.dry_run).toBe(true);
      expect(await contentsOf(target.dsn)).toEqual(untouched);
    });
  });
});
