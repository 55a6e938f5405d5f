/** A PostgreSQL for one test, with the embedded binaries, that can be stopped, killed, frozen and promoted. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { appendFile, chmod, copyFile, cp, mkdir, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Account, chooseAccount, ENVIRONMENT, runAs } from '../../src/database/embedded/account.js';
import { type Binaries, findBinaries } from '../../src/database/embedded/binaries.js';
import { freePort } from './free-ports.js';

const START_MS = 60_000;
const POLL_MS = 20;
/** Nothing here outlives the test: a crash of the machine is out of scope. */
const HASTE = ['fsync=off', 'full_page_writes=off', 'max_connections=60', 'wal_level=replica', 'hot_standby=on'];
/** Makes a fail-over take seconds, not minutes. */
const EAGER = ['wal_receiver_timeout=2s', 'wal_retrieve_retry_interval=100ms', 'wal_sender_timeout=5s'];

export class PostgresNode {
  private process: ChildProcess | undefined;
  private readonly killAtExit = (): void => {
    this.signal('SIGKILL');
  };

  private constructor(
    readonly port: number,
    private readonly home: string,
    private readonly binaries: Binaries,
  ) {}

  /** An empty cluster that is not running yet. @param settings lines of postgresql.conf */
  static async create(settings: readonly string[] = []): Promise<PostgresNode> {
    const node = await PostgresNode.inFolder();
    const account = await chooseAccount(node.binaries, node.home);
    await runAs(account, node.binaries, [
      ...[node.binaries.initdb, `--pgdata=${node.folder}`, '--username=postgres', '--auth=trust', '--no-sync'],
      ...['--locale=C', '--encoding=UTF8'],
    ]);
    const lines = [...HASTE, ...EAGER, `listen_addresses='127.0.0.1'`, `unix_socket_directories=''`, ...settings];
    await appendFile(join(node.folder, 'postgresql.conf'), `${lines.join('\n')}\n`);
    return node;
  }

  /** A hot standby of a node that is stopped. It is not running yet. */
  static async standbyOf(primary: PostgresNode): Promise<PostgresNode> {
    const node = await PostgresNode.inFolder();
    await cp(primary.folder, node.folder, { recursive: true, verbatimSymlinks: true });
    await node.follow(primary);
    return node;
  }

  /** The same for a running node with writes. It must keep the WAL until the standby has it. */
  static async hotStandbyOf(primary: PostgresNode): Promise<PostgresNode> {
    const node = await PostgresNode.inFolder();
    const client = new pg.Client({ connectionString: primary.dsn });
    await client.connect();
    try {
      await client.query(`select pg_backup_start('standby', true)`);
      await copyOfRunning(primary.folder, node.folder);
      const { rows } = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)');
      await writeFile(join(node.folder, 'backup_label'), rows[0]?.labelfile ?? '');
    } finally {
      await client.end();
    }
    await node.follow(primary);
    return node;
  }

  private async follow(primary: PostgresNode): Promise<void> {
    await writeFile(join(this.folder, 'standby.signal'), '');
    const source = `host=127.0.0.1 port=${String(primary.port)} user=postgres application_name=standby`;
    await appendFile(join(this.folder, 'postgresql.conf'), `primary_conninfo='${source}'\n`);
  }

  private static async inFolder(): Promise<PostgresNode> {
    const home = await realpath(await mkdtemp(join(tmpdir(), 'ostiary-pg-')));
    await chmod(home, 0o711);
    return new PostgresNode(await freePort(), home, await findBinaries(home));
  }

  get dsn(): string {
    return this.dsnAt(this.port);
  }

  /** The same through an address that leads to this node. */
  dsnAt(port: number): string {
    return `postgres://postgres@127.0.0.1:${String(port)}/postgres?sslmode=disable`;
  }

  /** Resolves when it accepts connections. */
  async start(): Promise<void> {
    const account = await chooseAccount(this.binaries, this.home);
    const started = this.launch(account);
    let output = '';
    started.stderr?.on('data', (chunk) => (output += String(chunk)));
    const deadline = Date.now() + START_MS;
    while (!(await this.query('select 1').catch(() => undefined))) {
      if (ended(started) || Date.now() > deadline) throw new Error(`PostgreSQL did not start: ${output}`);
      await sleep(POLL_MS);
    }
  }

  /** Stops it in order: its clients are notified. */
  stop(): Promise<void> {
    return this.end('SIGINT');
  }

  /** Kills it without notice: the system closes its sockets. */
  kill(): Promise<void> {
    return this.end('SIGKILL');
  }

  /** Freezes it: it sends nothing any more, and closes nothing either. */
  freeze(): void {
    this.signal('SIGSTOP');
  }

  unfreeze(): void {
    this.signal('SIGCONT');
  }

  /** Promotes a standby to primary. Resolves when it accepts writes. */
  async promote(): Promise<void> {
    await this.query('select pg_promote(true, 60)');
  }

  /** On a separate connection. */
  async query<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.dsn, connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Row>(text, values)).rows;
    } finally {
      await client.end();
    }
  }

  async remove(): Promise<void> {
    await this.kill();
    await rm(this.home, { recursive: true, force: true });
  }

  private get folder(): string {
    return join(this.home, 'data');
  }

  private launch({ identity, wrapper }: Account): ChildProcess {
    const { postgres, libraryPath } = this.binaries;
    const command: string[] = [...wrapper, postgres, '-D', this.folder, '-p', String(this.port)];
    const [file = '', ...args] = command;
    const env = { ...ENVIRONMENT, ...(libraryPath && { LD_LIBRARY_PATH: libraryPath }) };
    const child = spawn(file, args, { cwd: '/', env, ...identity, stdio: ['ignore', 'ignore', 'pipe'] });
    this.process = child;
    process.once('exit', this.killAtExit);
    return child;
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.process;
    this.process = undefined;
    process.off('exit', this.killAtExit);
    if (!child || ended(child)) return;
    const exit = new Promise((resolve) => child.once('exit', resolve));
    const all = family(child);
    // To stop, only the first process gets the signal; a crash takes its children at the same moment.
    for (const pid of all) send(pid, 'SIGCONT');
    for (const pid of signal === 'SIGKILL' ? all : all.slice(0, 1)) send(pid, signal);
    await exit;
    while (all.some(lives)) await sleep(POLL_MS);
  }

  private signal(name: NodeJS.Signals): void {
    if (this.process) for (const pid of family(this.process)) send(pid, name);
  }
}

/** Files come and go in a running cluster: the WAL completes files that the copy lacks or has torn. */
async function copyOfRunning(from: string, to: string): Promise<void> {
  const left = new Set(['postmaster.pid', 'postmaster.opts', 'pg_wal', 'pg_replslot', 'standby.signal']);
  await mkdir(to, { mode: 0o700 });
  for (const name of ['pg_wal', 'pg_wal/archive_status', 'pg_wal/summaries', 'pg_replslot'])
    await mkdir(join(to, name));
  for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
    const path = relative(from, join(entry.parentPath, entry.name));
    if (left.has(path.split(sep, 1)[0] ?? '')) continue;
    if (entry.isDirectory()) await mkdir(join(to, path), { recursive: true, mode: 0o700 });
    else await copyFile(join(from, path), join(to, path)).catch(unlessGone);
  }
}

function unlessGone(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

const ended = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

/** The process and its children: each leads its own process group, so that no signal reaches them together. */
function family({ pid = 0 }: ChildProcess): number[] {
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && parentOf(name) === pid);
  return [pid, ...children.map(Number)];
}

function parentOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined; // it ended at this moment
  }
}

function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

const lives = (pid: number): boolean => send(pid, 0);
