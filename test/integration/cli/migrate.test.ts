import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { emptyDatabase, type TestDatabase } from '../../support/postgres.js';
import { Folder } from '../config/folder.js';
import { killAll, ostiary, program, Running } from './ostiary.js';

interface Row {
  state: string;
  version: string;
  name: string;
  content: string;
  content_down: string;
}

describe('migrate', () => {
  const folder = new Folder();
  let database: TestDatabase;

  beforeAll(async () => {
    await program();
    database = await emptyDatabase();
  });

  afterEach(killAll);

  afterAll(async () => {
    folder.remove();
    await database.drop();
  });

  async function states(): Promise<Set<string>> {
    const { stdout } = await ostiary(['migrate', 'sql', 'status', database.dsn, '--format', 'json']);
    return new Set((JSON.parse(stdout) as Row[]).map(({ state }) => state));
  }

  it('shows the plan and its SQL, asks, and changes nothing on "n"', async () => {
    const { code, stdout } = await ostiary(['migrate', 'sql', 'up', '-e'], { DSN: database.dsn }, 'what?\nn\n');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Version +Name +Status\n\d{13} +Foundation +Pending$/m);
    expect(stdout).toContain('create table client (');
    expect(stdout.match(/\[y\/n\]/g)).toHaveLength(2);
    expect(stdout).toContain('Nothing was changed.');
    expect(await states()).toEqual(new Set(['Pending']));
  });

  it('fails if nobody answers', async () => {
    const { code, stderr } = await ostiary(['migrate', 'sql', 'up', '-e'], { DSN: database.dsn }, '');
    expect([code, stderr]).toEqual([1, expect.stringContaining('pass --yes')]);
  });

  it('waits with status --block until nothing is pending', async () => {
    const waiting = new Running(['migrate', 'sql', 'status', '-e', '--block'], { DSN: database.dsn });
    await waiting.says('Waiting for');
    const { code, stdout } = await ostiary(['migrate', 'sql', 'up', '-e'], { DSN: database.dsn }, 'Y\n');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/Applied \d+ migrations?\./)]);
    expect(await waiting.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('Applied') as string });
  });

  it('does nothing the second time', async () => {
    const { code, stdout } = await ostiary(['migrate', 'sql', 'up', database.dsn, '--yes']);
    expect([code, stdout]).toEqual([0, 'The database is up to date: there is nothing to apply.\n']);
  });

  it('shows its status as a table, as JSON, as YAML, and in parts', async () => {
    const show = async (...args: string[]): Promise<string> =>
      (await ostiary(['migrate', 'sql', 'status', database.dsn, ...args])).stdout;
    expect(await show()).toMatch(/^Version +Name +Status\n\d{13} +Foundation +Applied$/m);
    const [first] = JSON.parse(await show('--format', 'json')) as Row[];
    expect(first).toMatchObject({ state: 'Applied', name: 'Foundation' });
    expect(first?.content).toContain('create table client (');
    expect(first?.content_down).toContain('drop table');
    expect(await show('--format', 'json-pretty')).toContain('\n    "state": "Applied",\n');
    expect(await show('--format', 'yaml')).toMatch(/^- state: Applied\n/);
    expect(await show('--format', 'jsonpointer=/0/name')).toBe('"Foundation"\n');
    expect(await show('--format', 'jsonpath=0.name')).toBe('"Foundation"\n');
    expect(await show('--quiet')).toMatch(/^\d{13}\n/);
  });

  it('rolls back the given number of migrations', async () => {
    const refused = await ostiary(['migrate', 'sql', 'down', database.dsn, '--yes']);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('--steps')]);
    const aborted = await ostiary(['migrate', 'sql', 'down', database.dsn, '--steps', '1'], {}, 'no\n');
    expect([aborted.code, aborted.stdout]).toEqual([
      0,
      expect.stringMatching(/Rollback[^]*drop (?:table|column)[^]*Nothing was changed/),
    ]);
    await ostiary(['migrate', 'sql', 'down', database.dsn, '--steps', '2', '--yes']);
    const status = await ostiary(['migrate', 'sql', 'status', database.dsn]);
    expect(status.stderr).toMatch(/^\d{13} \w+: \w+ \(about \d+ rows, \d+ MiB\): nobody /m);
    expect(status.stdout).not.toContain('MiB');
    const all = await ostiary(['migrate', 'sql', 'down', database.dsn, '--steps', '99', '--yes']);
    expect([all.code, all.stdout]).toEqual([0, expect.stringMatching(/Rolled back \d+ migrations?\./)]);
    expect(await states()).toEqual(new Set(['Pending']));
    const none = await ostiary(['migrate', 'sql', 'down', database.dsn, '--steps', '1', '--yes']);
    expect([none.code, none.stdout]).toEqual([0, 'There is nothing to roll back: no migration is applied.\n']);
  });

  it('accepts the command of old containers', async () => {
    const { code, stderr } = await ostiary(['migrate', 'sql', '-e', '--yes'], { DSN: database.dsn });
    expect([code, stderr]).toEqual([0, 'This spelling is deprecated: use "migrate sql up".\n']);
    const status = await ostiary(['migrate', 'status', '-e'], { DSN: database.dsn });
    expect([status.code, status.stdout]).toEqual([0, expect.stringContaining('Applied')]);
  });

  it('reads the address from a file despite other faults in it; the environment overrides it, and the argument both', async () => {
    const file = folder.write('migrate.yml', `dsn: ${database.dsn}\nsecrets: { system: [short] }\nno_such_key: 1\n`);
    const elsewhere = 'postgres://nobody@127.0.0.1:9/none?sslmode=disable';
    const up = await ostiary(['migrate', '-c', file, 'sql', 'up', '-e', '--yes']);
    expect(up).toMatchObject({ code: 0, stderr: '' });
    const argument = await ostiary(['migrate', 'sql', 'status', '-e', '-c', file, database.dsn], { DSN: elsewhere });
    expect(argument.code).toBe(0);
    const environment = await ostiary(['migrate', 'sql', 'status', '-c', file], { DSN: elsewhere });
    expect([environment.code, environment.stderr]).toEqual([1, expect.stringContaining('127.0.0.1:9, database none')]);
  });

  it.each([
    [[], {}, 'No database is named'],
    [[], { DSN: 'mysql://u:s3cret@h/d' }, 'mysql is not supported'],
    [['mysql://u:s3cret@h/d'], {}, 'must be postgres://'],
    [[], { DSN: 'memory' }, 'the server does it itself'],
    [['-c', '/no/such.yml'], {}, 'there is no such file'],
  ] as [string[], Record<string, string>, string][])('explains a missing value: %j %j', async (args, env, message) => {
    const { code, stderr } = await ostiary(['migrate', 'sql', 'up', '-e', ...args], env);
    expect([code, stderr]).toEqual([1, expect.stringContaining(message)]);
    expect(stderr).not.toContain('s3cret');
  });
});
