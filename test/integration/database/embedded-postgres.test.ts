import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { chown, cp, lstat, mkdtemp, readFile, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import pg from 'pg';
import { findBinaries, linkLibraries } from '../../../src/database/embedded/binaries.js';
import { startEmbeddedPostgres } from '../../../src/database/embedded-postgres.js';
import { Holder } from './holder.js';

const isRoot = process.getuid?.() === 0;
const canUnshare = works('unshare', '-U', '--', 'true');

let root: string;
let data: string;

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'ostiary-embedded-')));
  chmodSync(root, 0o755);
  data = join(root, 'data');
});

afterEach(async () => {
  await untilGone(data);
  await rm(root, { recursive: true, force: true });
});

describe('embedded PostgreSQL', () => {
  it('starts on an empty folder, stops, and finds its data again', async () => {
    const first = await startEmbeddedPostgres(data);
    await query(first.dsn, 'create table kept (value text)');
    await query(first.dsn, `insert into kept values ('yes')`);
    await first.stop();
    expect(postmaster(data)).toBeUndefined();

    const second = await startEmbeddedPostgres(data);
    expect(await query(second.dsn, 'select value from kept')).toEqual([{ value: 'yes' }]);
    await second.stop();
  });

  it('compares and sorts by UTF-8 code point, whatever the locale of the machine', async () => {
    const server = await startEmbeddedPostgres(data);
    const [row] = await query(
      server.dsn,
      `select current_setting('server_encoding') as encoding, 'B' < 'a' as points,
      current_setting('timezone') as zone, current_setting('listen_addresses') as listens`,
    );
    expect(row).toEqual({ encoding: 'UTF8', points: true, zone: 'UTC', listens: '' });
    await server.stop();
  });

  it('ends when its process is killed, and starts again with the committed data', async () => {
    const holder = await Holder.start(data);
    await query(holder.dsn, 'create table kept as select 1 as value');
    const pid = postmaster(data);
    await holder.kill();
    await until(() => !isAlive(pid));

    const again = await Holder.start(data);
    expect(await query(again.dsn, 'select value from kept')).toEqual([{ value: 1 }]);
    await again.stop();
  });

  it('starts again after all processes were killed, also if another process has its process number', async () => {
    const holder = await Holder.start(data);
    await query(holder.dsn, 'create table kept as select 1 as value');
    const file = join(data, 'postgres', 'postmaster.pid');
    const text = readFileSync(file, 'utf8');
    await holder.stop();
    await writeFile(file, text.replace(/^\d+/, String(process.ppid)));

    const again = await startEmbeddedPostgres(data);
    expect(await query(again.dsn, 'select value from kept')).toEqual([{ value: 1 }]);
    await again.stop();
  });

  it('is shared with a second process, and runs until the last one releases it', async () => {
    const first = await Holder.start(data);
    const second = await Holder.start(data);
    const pid = postmaster(data);
    await query(first.dsn, 'create table kept as select 1 as value');
    await first.kill();
    expect(await query(second.dsn, 'select value from kept')).toEqual([{ value: 1 }]);
    expect(postmaster(data)).toBe(pid);
    await second.stop();
    expect(postmaster(data)).toBeUndefined();
  });

  it('starts once when several processes start it on an empty folder at the same time', async () => {
    const holders = await Promise.all([1, 2, 3].map(() => Holder.start(data)));
    const [one] = holders;
    await query(one!.dsn, 'create table kept as select 1 as value');
    for (const { dsn } of holders) expect(await query(dsn, 'select value from kept')).toEqual([{ value: 1 }]);
    await Promise.all(holders.map((holder) => holder.stop()));
    expect(postmaster(data)).toBeUndefined();
  });

  it('can be started while another process releases it', async () => {
    let holder = await Holder.start(data);
    for (let round = 0; round < 3; round++) {
      const [next] = await Promise.all([Holder.start(data), holder.kill()]);
      await query(next.dsn, 'select 1');
      holder = next;
    }
    await holder.stop();
  });

  it('works in a folder with a long path that contains spaces, commas and quotes', async () => {
    const deep = join(root, 'a, "quoted" folder'.repeat(3), 'x'.repeat(100));
    const server = await startEmbeddedPostgres(deep);
    expect(await query(server.dsn, 'select 1 as one')).toEqual([{ one: 1 }]);
    const sockets = new URL(server.dsn).searchParams.get('host') ?? '';
    await server.stop();
    expect(existsSync(sockets)).toBe(false);
  });

  it.runIf(existsSync('/proc/self/stat'))(
    'does not receive the Ctrl-C of a terminal, so that requests can end',
    async () => {
      const holder = await Holder.start(data);
      expect(processGroup(postmaster(data))).not.toBe(processGroup(holder.process.pid));
      await holder.stop();
    },
  );

  it('removes a temporary folder, also if its process is killed', async () => {
    for (const end of ['stop', 'kill'] as const) {
      const holder = await Holder.start('temporary');
      const folder = dirname(new URL(holder.dsn).searchParams.get('host') ?? '');
      expect(existsSync(folder)).toBe(true);
      await holder[end]();
      await until(() => !existsSync(folder));
    }
  });

  it('reports a folder of another PostgreSQL version', async () => {
    mkdirSync(join(data, 'postgres'), { recursive: true });
    await writeFile(join(data, 'postgres', 'PG_VERSION'), '14\n');
    await expect(startEmbeddedPostgres(data)).rejects.toThrow(/was made by PostgreSQL 14/);
  });
});

describe.runIf(isRoot)('embedded PostgreSQL started by root', () => {
  it('runs as nobody', async () => {
    const server = await startEmbeddedPostgres(data);
    expect(statSync(join(data, 'postgres')).uid).toBe(65534);
    await server.stop();
  });

  it.runIf(canUnshare)('runs below a folder that only root may access', async () => {
    chmodSync(root, 0o700);
    const server = await startEmbeddedPostgres(data);
    expect(await query(server.dsn, 'select 1 as one')).toEqual([{ one: 1 }]);
    await server.stop();
    const again = await startEmbeddedPostgres(data);
    await again.stop();
  });

  it.runIf(canUnshare)('runs after the folder was closed to other users', async () => {
    const server = await startEmbeddedPostgres(data);
    await query(server.dsn, 'create table kept as select 1 as value');
    await server.stop();
    chmodSync(root, 0o700);
    const again = await startEmbeddedPostgres(data);
    expect(await query(again.dsn, 'select value from kept')).toEqual([{ value: 1 }]);
    await again.stop();
  });

  it('runs for an ordinary user, and later for root on the folder of that user', async () => {
    await chown(root, 65534, 65534);
    const holder = await Holder.start(data, { uid: 65534, gid: 65534 });
    await query(holder.dsn, 'create table kept as select 1 as value');
    await holder.stop();
    const server = await startEmbeddedPostgres(data);
    expect(await query(server.dsn, 'select value from kept')).toEqual([{ value: 1 }]);
    await server.stop();
    expect(statSync(join(data, 'postgres')).uid).toBe(65534);
  });

  it.runIf(canUnshare)('runs for a user that is not in the user database', async () => {
    await chown(root, 54321, 54321);
    const holder = await Holder.start(data, { uid: 54321, gid: 54321 });
    expect(await query(holder.dsn, 'select 1 as one')).toEqual([{ one: 1 }]);
    await holder.stop();
  });

  it('reports a folder that the user may not write', async () => {
    mkdirSync(data);
    await expect(Holder.start(data, { uid: 65534, gid: 65534 })).rejects.toThrow(/cannot be used by this user/);
  });
});

describe('libraries of the embedded PostgreSQL', () => {
  it('are linked in the package if its install script did not run', async () => {
    const native = await copyWithoutLinks();
    expect(await linkLibraries(native, root)).toBe('');
    expect(works(join(native, 'bin', 'initdb'), '--version')).toBe(true);
  });

  it('are linked in another folder if the package is read-only', async () => {
    const native = await copyWithoutLinks();
    const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as { target: string }[];
    const elsewhere = links.map((link) => ({ ...link, target: link.target.replace('native/lib', 'missing/lib') }));
    await writeFile(join(native, 'pg-symlinks.json'), JSON.stringify(elsewhere)); // root may write a read-only folder
    const path = await linkLibraries(native, root);
    expect(path).toBe(`${join(root, 'lib')}:${join(native, 'lib')}`);
    const env = { LD_LIBRARY_PATH: path };
    expect(execFileSync(join(native, 'bin', 'initdb'), ['--version'], { env }).toString()).toMatch(/PostgreSQL/);
  });

  /** The package as `npm ci --ignore-scripts` installs it. */
  async function copyWithoutLinks(): Promise<string> {
    const { initdb } = await findBinaries(root);
    const native = join(root, 'package', 'native');
    await cp(dirname(dirname(initdb)), native, { recursive: true, verbatimSymlinks: true });
    for (const name of await readdir(join(native, 'lib'))) {
      const path = join(native, 'lib', name);
      if ((await lstat(path)).isSymbolicLink()) await rm(path);
    }
    return native;
  }
});

async function query(dsn: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: dsn });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

function postmaster(folder: string): number | undefined {
  const file = join(folder, 'postgres', 'postmaster.pid');
  return existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : undefined;
}

/** Fields of /proc/…/stat after the name in parentheses: state, parent, process group. */
function processGroup(pid: number | undefined): string | undefined {
  return readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')[2];
}

function isAlive(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function untilGone(folder: string): Promise<void> {
  await until(() => postmaster(folder) === undefined);
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

function works(command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
