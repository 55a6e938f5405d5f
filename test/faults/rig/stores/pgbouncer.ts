/** PgBouncer in transaction mode before PostgreSQL. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from '../../../support/free-ports.js';

const run = promisify(execFile);
const NOBODY = 65_534;
const POLL_MS = 50;

export class PgBouncer {
  private child: ChildProcess | undefined;

  private constructor(
    readonly port: number,
    private readonly folder: string,
  ) {
    process.once('exit', () => this.child?.kill('SIGKILL'));
  }

  static async before(port: number): Promise<PgBouncer> {
    const folder = await mkdtemp(join(tmpdir(), 'ostiary-pgbouncer-'));
    const bouncer = new PgBouncer(await freePort(), folder);
    await writeFile(join(folder, 'users.txt'), '"postgres" ""\n');
    const settings = {
      ...{ listen_addr: '127.0.0.1', listen_port: bouncer.port, unix_socket_dir: '', pool_mode: 'transaction' },
      ...{ auth_type: 'trust', auth_file: join(folder, 'users.txt'), max_client_conn: 200, default_pool_size: 12 },
      ...{ ignore_startup_parameters: 'extra_float_digits', server_login_retry: 1, server_connect_timeout: 3 },
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name} = ${String(value)}`);
    const database = `[databases]\n* = host=127.0.0.1 port=${String(port)}\n`;
    await writeFile(join(folder, 'pgbouncer.ini'), `${database}[pgbouncer]\n${lines.join('\n')}\n`);
    await chmod(folder, 0o755);
    if (isRoot()) await chown(folder, NOBODY, NOBODY);
    await bouncer.start();
    return bouncer;
  }

  async start(): Promise<void> {
    const identity = isRoot() ? { uid: NOBODY, gid: NOBODY } : {};
    this.child = spawn('pgbouncer', ['-q', join(this.folder, 'pgbouncer.ini')], {
      stdio: 'ignore',
      env: PATH,
      ...identity,
    });
    while (!(await this.answers())) {
      if (this.child.exitCode !== null) throw new Error('pgbouncer ended.');
      await sleep(POLL_MS);
    }
  }

  async kill(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exit = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await exit;
  }

  async remove(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async answers(): Promise<boolean> {
    const client = new pg.Client({ host: '127.0.0.1', port: this.port, user: 'postgres', database: 'postgres' });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return true;
    } catch {
      return false;
    }
  }
}

const isRoot = (): boolean => process.getuid?.() === 0;
const PATH = { PATH: `${process.env.PATH ?? ''}:/usr/sbin:/sbin` };

export async function hasPgBouncer(): Promise<boolean> {
  return run('pgbouncer', ['--version'], { env: PATH }).then(
    () => true,
    () => false,
  );
}
