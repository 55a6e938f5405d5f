import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { WalkingSweep } from '../../../src/database/maintenance/walking-sweep.js';
import { SWEEPS } from '../../../src/sweeps.js';
import { contentsOf, importInto, refusalOf } from '../../support/hydra-import.js';
import { changedHydraDatabase, hydraConfiguration, hydraDatabase, onDatabase } from '../../support/hydra-database.js';
import { secondHydra, secondHydraDatabase } from '../../support/hydra-second.js';
import { emptyDatabase, freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { open } from '../database/connections.js';

const NEVER = new AbortController().signal;

class Killed extends Error {}

/** Columns whose bytes are random, or count what was rolled back. */
const DIFFERS: Record<string, string[]> = {
  authorization_grant: ['session'],
  access_token: ['session'],
  consent: ['details'],
  json_web_key: ['sealed_jwk', 'seq'],
  cache_change: ['xact', 'changed_at'],
  hydra_import: ['finished_at'],
};

describe('an import that was ended', () => {
  let hydra: TestDatabase;
  const databases: TestDatabase[] = [];

  const kept = async (database: Promise<TestDatabase>): Promise<string> => {
    const made = await database;
    databases.push(made);
    return made.dsn;
  };

  /** An import that was ended after its second batch. */
  async function begun(): Promise<{ from: string; to: string }> {
    const dsns = { from: hydra.dsn, to: await kept(freshDatabase()) };
    await expect(importInto(dsns, { batchRows: 5, afterBatch: killAfter(2) })).rejects.toBeInstanceOf(Killed);
    return dsns;
  }

  const killAfter = (batches: number): (() => void) => {
    let written = 0;
    return () => {
      if (++written === batches) throw new Killed();
    };
  };

  beforeAll(async () => {
    hydra = await hydraDatabase();
    databases.push(hydra);
    vi.useFakeTimers({ toFake: ['Date'], now: new Date() });
  });
  afterAll(async () => {
    vi.useRealTimers();
    await Promise.all(databases.map((database) => database.drop()));
  });

  it.each([
    ['the first database', hydraDatabase, hydraConfiguration],
    ['the second database', secondHydraDatabase, async () => (await secondHydra()).configuration],
  ])('between any two batches goes on, and ends as one in one go does: %s', async (_, database, configured) => {
    const from = await kept(database());
    const configuration = await configured();
    const [whole, parts] = [await kept(freshDatabase()), await kept(freshDatabase())];
    const options = { configuration, batchRows: 5 };
    const rehearsal = await importInto({ from, to: parts }, { ...options, dryRun: true });
    const inOneGo = await importInto({ from, to: whole }, options);
    let kills = 0;
    for (;;) {
      const run = importInto({ from, to: parts }, { ...options, afterBatch: killAfter(1) });
      const outcome = await run.catch((error: unknown) => {
        if (!(error instanceof Killed)) throw error;
      });
      if (outcome) break;
      kills++;
    }
    expect(kills).toBeGreaterThan(25);
    expect(await comparable(parts)).toEqual(await comparable(whole));
    const again = await importInto({ from, to: parts }, options);
    expect(again.tables).toEqual(inOneGo.tables);
    expect(rehearsal.tables).toEqual(inOneGo.tables);
    expect([again.secrets, again.warnings]).toEqual([inOneGo.secrets, inOneGo.warnings]);
  });

  it('loses no consent to the clean-up of a server, or of the janitor, before its tokens have come', async () => {
    const from = await kept(
      changedHydraDatabase('update hydra_oauth2_flow set consent_skip = true, login_session_id = null'),
    );
    const [whole, swept] = [await kept(freshDatabase()), await open()];
    databases.push(swept.database);
    await importInto({ from, to: whole }, { batchRows: 5 });
    const afterBatch = async (): Promise<void> => {
      for (const sweep of SWEEPS) await new WalkingSweep(swept.dataSource, sweep).run(new Date(), NEVER);
    };
    await importInto({ from, to: swept.database.dsn }, { batchRows: 5, afterBatch });
    await swept.dataSource.destroy();
    expect(await comparable(swept.database.dsn)).toEqual(await comparable(whole));
  });

  it('says so when it has finished, writes nothing and needs no source', async () => {
    const dsns = { from: hydra.dsn, to: await kept(freshDatabase()) };
    const { told: _, ...report } = await importInto(dsns);
    const before = await contentsOf(dsns.to);
    const unreachable = 'postgres://hydra@127.0.0.1:1/hydra';
    for (const from of [dsns.from, unreachable, await kept(emptyDatabase())]) {
      const again = await importInto({ ...dsns, from });
      expect(again).toMatchObject(report);
      expect(again.told.join()).toContain('finished');
    }
    expect(await contentsOf(dsns.to)).toEqual(before);
  });

  it('does not go on with another network, source or list of secrets', async () => {
    const dsns = await begun();
    const before = await contentsOf(dsns.to);
    const configuration = await hydraConfiguration();
    configuration.secrets.system.unshift('a secret that was put in front');
    expect(await refusalOf(dsns, { configuration })).toContain('another list in secrets.system');
    const other = await kept(
      changedHydraDatabase(`insert into networks (id, created_at, updated_at)
        values ('0f0f0f0f-0000-4000-8000-000000000001', '2001-01-01', '2001-01-01')`),
    );
    expect(await refusalOf({ ...dsns, from: other })).toContain('an import of the network c5d14499');
    const served = await kept(changedHydraDatabase('delete from hydra_oauth2_jti_blacklist'));
    expect(await refusalOf({ ...dsns, from: served })).toMatch(/hydra_oauth2_jti_blacklist had \d+ rows, and has 0/);
    expect(await contentsOf(dsns.to)).toEqual(before);
    await importInto(dsns);
  });

  it('is not joined by a second one at the same time', async () => {
    const dsns = { from: hydra.dsn, to: await kept(freshDatabase()) };
    let refusal: string | undefined;
    const report = await importInto(dsns, {
      afterBatch: async () => {
        refusal ??= await refusalOf(dsns);
      },
    });
    expect(refusal).toContain('Another import into this database is running');
    expect(report.dry_run).toBe(false);
  });

  describe('tells how far it is and that the same command goes on,', () => {
    const GOES_ON = /\d+ of \d+ rows are done.*The same command goes on/;

    it('when it is told to stop', async () => {
      const dsns = { from: hydra.dsn, to: await kept(freshDatabase()) };
      const stop = new AbortController();
      const message = await refusalOf(dsns, {
        stop: stop.signal,
        batchRows: 5,
        afterBatch: () => {
          stop.abort();
        },
      });
      expect(message).toMatch(/^Stopped\./);
      expect(message).toMatch(GOES_ON);
      await importInto(dsns);
    });

    it('or that it wrote nothing, when a database is lost before', async () => {
      const dsns = { from: hydra.dsn, to: await kept(freshDatabase()) };
      const before = await contentsOf(dsns.to);
      const message = await onDatabase(hydra.dsn, async (client) => {
        await client.query('begin; lock table hydra_oauth2_refresh in access exclusive mode');
        const refusal = refusalOf(dsns);
        const waits = `select pg_terminate_backend(pid, 5000) from pg_locks where not granted
          and database = (select oid from pg_database where datname = current_database())`;
        await expect.poll(async () => (await client.query(waits)).rowCount).toBe(1);
        return refusal;
      });
      expect(message).toMatch(/^A database was lost: .* This run wrote nothing: give the command again\.$/);
      expect(await contentsOf(dsns.to)).toEqual(before);
    });

    it('when the source is lost', async () => {
      const dsns = { from: hydra.dsn, to: await kept(freshDatabase()) };
      const message = await refusalOf(dsns, {
        batchRows: 5,
        afterBatch: () =>
          onDatabase(hydra.dsn, async (client) => {
            await client.query(`select pg_terminate_backend(pid, 5000) from pg_stat_activity
              where datname = current_database() and pid <> pg_backend_pid()`);
          }),
      });
      expect(message).toMatch(/^The source was lost: /);
      expect(message).toMatch(GOES_ON);
      await importInto(dsns);
    });

    it('when the target cannot be written, and what the failed batch wrote is gone', async () => {
      const dsns = await begun();
      const before = await contentsOf(dsns.to);
      await onDatabase(dsns.to, (client) =>
        client.query(`create function full_disk() returns trigger language plpgsql as
          $$ begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$;
          create trigger full_disk before update on hydra_import_table execute function full_disk()`),
      );
      const message = await refusalOf(dsns);
      expect(message).toMatch(/^The target could not be written: could not extend file/);
      expect(message).toMatch(GOES_ON);
      expect(await contentsOf(dsns.to)).toEqual(before);
      await onDatabase(dsns.to, (client) => client.query('drop function full_disk cascade'));
      await importInto(dsns);
    });
  });

  /** Without what differs between two imports of the same rows. */
  async function comparable(dsn: string): Promise<Record<string, unknown[]>> {
    const contents = await contentsOf(dsn);
    return Object.fromEntries(
      Object.entries(contents).map(([table, rows]) => [
        table,
        rows
          .map((row) => JSON.parse(row) as Record<string, unknown>)
          .map((row) => ({ ...row, ...Object.fromEntries((DIFFERS[table] ?? []).map((name) => [name, null])) }))
          .map((row) => JSON.stringify(row))
          .sort(),
      ]),
    );
  }
});
