/** A PostgreSQL for one test, with the programs of an installed version, which can be backed up, stopped and replaced. */
import { execFile, spawnSync } from 'node:child_process';
import { accessSync, constants, readdirSync } from 'node:fs';
import { appendFile, chmod, chown, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-ports.js';

const run = promisify(execFile);
const LOG_SHOWN = 2_000;
const INSTALLED = '/usr/lib/postgresql';
const NEEDED = ['initdb', 'postgres', 'pg_ctl', 'pg_basebackup', 'pg_dump', 'pg_restore'];

/** The folder of the newest version that has all of them; undefined where there is none. */
export function postgresPrograms(): string | undefined {
  return versions()
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(INSTALLED, version, 'bin'))
    .find((folder) => NEEDED.every((name) => isProgram(join(folder, name))));
}

function versions(): string[] {
  try {
    return readdirSync(INSTALLED);
  } catch {
    return [];
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export class PostgresCluster {
  private constructor(
    readonly folder: string,
    readonly port: number,
    private readonly programs: string,
    private readonly account: { uid?: number; gid?: number },
  ) {}

  /** Starts it, with an archive of its write-ahead log. */
  static async start(): Promise<PostgresCluster> {
    const programs = postgresPrograms();
    if (programs === undefined) throw new Error('PostgreSQL is not installed.');
    const folder = await mkdtemp('/tmp/cluster-');
    const account = accountOf();
    await chmod(folder, 0o700);
    if (account.uid !== undefined) await chown(folder, account.uid, account.gid ?? account.uid);
    const cluster = new PostgresCluster(folder, await freePort(), programs, account);
    await cluster.program('initdb', '-D', cluster.data, '-U', 'postgres', '--auth=trust', '-E', 'UTF8', '--no-sync');
    await cluster.ownFolder('archive');
    const settings = [
      ...[`port = ${cluster.port}`, "listen_addresses = '127.0.0.1'", `unix_socket_directories = '${folder}'`],
      ...['archive_mode = on', `archive_command = 'cp %p ${folder}/archive/%f'`, 'max_connections = 60'],
    ];
    await appendFile(join(cluster.data, 'postgresql.conf'), settings.join('\n'));
    await cluster.up();
    return cluster;
  }

  /** The address of a database in it. */
  dsn(name = 'postgres'): string {
    return `postgres://postgres@127.0.0.1:${this.port}/${name}?sslmode=disable`;
  }

  program(name: string, ...args: string[]): Promise<unknown> {
    return run(join(this.programs, name), args, { ...this.account, cwd: this.folder });
  }

  async baseBackup(): Promise<void> {
    await this.program('pg_basebackup', '-D', join(this.folder, 'base'), '-d', this.dsn(), '-c', 'fast', '-X', 'none');
  }

  /** The base backup replaces the data, and the archive brings it to that moment. */
  async restoreTo(moment: Date): Promise<void> {
    await this.down();
    await rename(this.data, join(this.folder, 'lost'));
    await rename(join(this.folder, 'base'), this.data);
    const settings = [
      `\nrestore_command = 'cp ${this.folder}/archive/%f %p'`,
      `recovery_target_time = '${moment.toISOString().replace('Z', '+00')}'`,
      "recovery_target_action = 'promote'",
    ];
    await appendFile(join(this.data, 'postgresql.conf'), settings.join('\n'));
    await writeFile(join(this.data, 'recovery.signal'), '');
    await this.up();
  }

  async up(): Promise<void> {
    const log = join(this.folder, 'log');
    await this.program('pg_ctl', '-D', this.data, '-l', log, '-w', '-t', '60', 'start').catch(async () => {
      throw new Error(`PostgreSQL does not start: ${(await readFile(log, 'utf8')).slice(-LOG_SHOWN)}`);
    });
  }

  /** Stops it in order, so that the archive is complete. */
  down(): Promise<unknown> {
    return this.program('pg_ctl', '-D', this.data, '-m', 'fast', '-w', 'stop');
  }

  async remove(): Promise<void> {
    await this.down().catch(() => undefined);
    await rm(this.folder, { recursive: true });
  }

  private get data(): string {
    return join(this.folder, 'data');
  }

  private async ownFolder(name: string): Promise<void> {
    const path = join(this.folder, name);
    await mkdir(path);
    const { uid, gid } = this.account;
    if (uid !== undefined && gid !== undefined) await chown(path, uid, gid);
  }
}

/** PostgreSQL refuses to run as root. */
function accountOf(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const [uid, gid] = ['-u', '-g'].map((flag) => Number(spawnSync('id', [flag, 'postgres']).stdout.toString()));
  return { uid, gid };
}
