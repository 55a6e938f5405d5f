import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { contentsOf } from '../../support/hydra-import.js';
import { hydraAnswers, hydraConfiguration, hydraDatabase, onDatabase } from '../../support/hydra-database.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { killAll, ostiary, program, Running } from '../cli/ostiary.js';

const WAITING = `select from pg_locks where not granted
  and database = (select oid from pg_database where datname = current_database())`;

describe('the command import hydra', () => {
  let hydra: TestDatabase;
  let target: TestDatabase;
  let folder: string;
  let file: string;

  beforeAll(async () => {
    await program();
    hydra = await hydraDatabase();
    folder = await mkdtemp(join(tmpdir(), 'ostiary-import-'));
    file = join(folder, 'hydra.json');
    await writeFile(file, JSON.stringify(await hydraConfiguration()));
  });
  beforeEach(async () => {
    target = await freshDatabase();
  });
  afterEach(async () => {
    await killAll();
    await target.drop();
  });
  afterAll(async () => {
    await hydra.drop();
    await rm(folder, { recursive: true });
  });

  const line = (...args: string[]): string[] => ['import', 'hydra', '--from', hydra.dsn, '-c', file, ...args];

  it('prints the report alone on stdout, as JSON or as a table, and never a token or secret', async () => {
    const json = await ostiary(line('--yes', '--format', 'json', '-e'), { DSN: target.dsn });
    expect([json.code, json.stderr]).toEqual([0, '']);
    const report = JSON.parse(json.stdout) as { dry_run: boolean; tables: { table: string }[] };
    expect(Object.keys(report)).toEqual(['dry_run', 'source', 'secrets', 'tables', 'warnings']);
    expect(report.tables.map(({ table }) => table)).toContain('hydra_oauth2_access');
    const table = await ostiary(line('--yes', `${target.dsn}&max_conns=many`));
    expect(table.stderr).toMatch(/^The parameter max_conns of the dsn .*\nThis import was finished at /);
    expect(table.stdout).toMatch(/^hydra_client {2,}29 {2,}29 {2,}/m);
    const configuration = await hydraConfiguration();
    for (const secret of [...configuration.secrets.system, ...Object.keys(await hydraAnswers())])
      expect(json.stdout + table.stdout).not.toContain(secret);
  });

  it('takes the source from HYDRA_DSN, and works in UTC whatever the zones of machine and database are', async () => {
    await onDatabase(hydra.dsn, async (client) => {
      await client.query(
        `do $$ begin execute format('alter database %I set timezone = %L', current_database(), 'Asia/Kolkata'); end $$`,
      );
    });
    const env = { HYDRA_DSN: `${hydra.dsn}&max_conns=20&max_idle_conns=4`, DSN: target.dsn, TZ: 'America/New_York' };
    expect((await ostiary(['import', 'hydra', '-c', file, '--yes'], env)).code).toBe(0);
    const columns = `select to_char(min(requested_at), 'YYYY-MM-DD HH24:MI:SS') as first from`;
    const first = async (dsn: string, table: string): Promise<unknown> =>
      onDatabase(dsn, async (client) => {
        await client.query(`set time zone 'UTC'`);
        return (await client.query<{ first: string }>(`${columns} ${table}`)).rows[0]?.first;
      });
    expect(await first(target.dsn, 'consent')).toBe(await first(hydra.dsn, 'hydra_oauth2_flow'));
  });

  it('asks before it writes, unless --yes is given', async () => {
    const before = await contentsOf(target.dsn);
    const declined = await ostiary(line(target.dsn), {}, 'n\n');
    expect([declined.code, declined.stdout]).toEqual([0, '']);
    expect(declined.stderr).toMatch(
      /Import the network c5d14499.* \(\d+ rows\) from .+, database \S+ into .+, database \S+\? \[y\/n\] Nothing was changed/,
    );
    const silent = await ostiary(line(target.dsn));
    expect([silent.code, silent.stderr]).toEqual([1, expect.stringContaining('--yes')]);
    expect(await contentsOf(target.dsn)).toEqual(before);
    expect((await ostiary(line(target.dsn), {}, 'y\n')).code).toBe(0);
  });

  it('ends when it is told to while it asks', async () => {
    const asking = new Running(line(target.dsn), {}, null);
    await asking.says('[y/n]');
    asking.signal('SIGINT');
    const { code, stderr } = await asking.ended;
    expect([code, stderr]).toEqual([1, expect.stringContaining('Stopped before this run wrote anything.')]);
  });

  it('ends with 1 and one message that says what to change', async () => {
    const { secrets: _, ...without } = await hydraConfiguration();
    const bare = join(folder, 'without-secrets.json');
    await writeFile(bare, JSON.stringify(without));
    for (const [args, message] of [
      [['import', 'hydra', '--from', hydra.dsn, '-c', bare, target.dsn], 'secrets.system'],
      [['import', 'hydra', '-c', file, target.dsn], 'HYDRA_DSN'],
      [line(), 'No database is named'],
      [line('memory'), 'embedded'],
      [['import', '-e', 'hydra', ...line(target.dsn).slice(1)], 'leave -e out'],
      [['import', 'hydra', '--from', 'mysql://hydra:pass@db/hydra', '-c', file, target.dsn], 'Hydra on mysql'],
      [['import', 'hydra', '--from', 'postgres://hydra:pass@127.0.0.1:1/hydra', '-c', file, target.dsn], '127.0.0.1:1'],
    ] as [string[], string][]) {
      const { code, stdout, stderr } = await ostiary(args);
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toContain(message);
      expect(stderr).not.toMatch(/pass@|\n\s+at /);
    }
  });

  it('ends with its batch at SIGTERM, and goes on when it is run again', async () => {
    await onDatabase(hydra.dsn, async (client) => {
      await client.query('begin; lock table hydra_oauth2_flow in access exclusive mode');
      const import_ = new Running(line('--yes', target.dsn), {});
      await expect.poll(async () => (await client.query(WAITING)).rowCount, { timeout: 20_000 }).toBeGreaterThan(0);
      import_.signal('SIGTERM');
      await import_.says('SIGTERM');
      await client.query('rollback');
      const { code, stdout, stderr } = await import_.ended;
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/Stopped/);
    });
    expect((await ostiary(line('--yes', target.dsn))).code).toBe(0);
  });
});
