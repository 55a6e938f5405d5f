/**
 * A real PostgreSQL without any setup, for `npm start` and for tests. The first process on a folder starts it, further
 * ones join it, and it stops when the last one has ended, in whatever way. It listens only on a unix socket.
 */
import type { ChildProcess } from 'node:child_process';
import { closeSync, constants } from 'node:fs';
import { access, chmod, chown, mkdir, mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { chooseAccount } from './embedded/account.js';
import { type Binaries, findBinaries } from './embedded/binaries.js';
import { openCluster } from './embedded/cluster.js';
import { type Launched, launch } from './embedded/launcher.js';
import { KeepAlivePipe } from './embedded/keep-alive-pipe.js';
import { readPidFile, removeStalePidFile } from './embedded/pid-file.js';

export interface EmbeddedPostgres {
  /** The DSN of the database `ostiary`. */
  dsn: string;
  /** Releases it; returns when it has stopped, or at once while another process uses it. */
  stop(): Promise<void>;
}

/** This process's share in a running PostgreSQL. */
interface Use {
  hold: number;
  /** Present where this process started it. */
  launched?: Launched;
}

interface Site {
  home: string;
  folder: string;
  pipe: KeepAlivePipe;
  binaries: Binaries;
  temporary: boolean;
}

const DATABASE = 'ostiary';
/** Complete, so that no PG… variable of the environment applies. */
const ADDRESS = { user: 'postgres', port: 5432, password: '', ssl: false };
const START_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 60_000;
const POLL_MS = 20;
const AGAIN_MS = 100;

/**
 * Starts PostgreSQL on a folder, or joins the one that runs there already.
 * @throws with a message for the operator where the platform, the user or the folder does not allow it.
 */
export async function startEmbeddedPostgres(dataDir: string): Promise<EmbeddedPostgres> {
  await mkdir(dataDir, { recursive: true });
  const home = await realpath(dataDir);
  await access(home, constants.R_OK | constants.W_OK | constants.X_OK).catch((cause: unknown) => {
    throw new Error(`The folder ${home} cannot be used by this user: set DATA_DIR to another one.`, { cause });
  });
  return start(home, false);
}

/** The one that a configuration asks for: without `dsn` in the data folder, with `memory` in a temporary one. */
export async function startConfiguredPostgres(configured: {
  dsn?: string;
  data_dir: string;
}): Promise<EmbeddedPostgres | undefined> {
  if (configured.dsn === 'memory') return startTemporaryPostgres();
  return configured.dsn === undefined ? startEmbeddedPostgres(configured.data_dir) : undefined;
}

/** One in a temporary folder, which is removed when the process ends. */
export async function startTemporaryPostgres(): Promise<EmbeddedPostgres> {
  const home = await realpath(await mkdtemp(join(tmpdir(), 'ostiary-')));
  await chmod(home, 0o711); // the account that PostgreSQL runs under has to reach its folder in it
  return start(home, true);
}

async function start(home: string, temporary: boolean): Promise<EmbeddedPostgres> {
  const binaries = await findBinaries(home);
  const folder = await openCluster(home, binaries, temporary);
  const site = { home, folder, pipe: await KeepAlivePipe.at(join(home, 'postgres.alive')), binaries, temporary };
  const { socketFolder, ...use } = await attach(site);
  return {
    dsn: `postgres://${ADDRESS.user}@localhost:${ADDRESS.port}/${DATABASE}?host=${encodeURIComponent(socketFolder)}&sslmode=disable`,
    stop: () => release(site, use),
  };
}

/** Joins or launches, and retries: another process may start or stop PostgreSQL at the same moment. */
async function attach(site: Site): Promise<Use & { socketFolder: string }> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    const joined = site.pipe.join();
    const use: Use = joined === undefined ? await launchOn(site) : { hold: joined };
    const socketFolder = await answering(site, deadline, use.launched);
    if (socketFolder !== undefined) return { ...use, socketFolder };
    closeSync(use.hold);
    await sleep(AGAIN_MS);
  }
  throw new Error(`The embedded PostgreSQL did not become ready on ${site.folder}: see ${logOf(site)}.`);
}

async function launchOn(site: Site): Promise<Use> {
  await removeStalePidFile(site.folder);
  const account = await chooseAccount(site.binaries, site.folder);
  if (site.temporary && account.identity) await chown(site.home, account.identity.uid, account.identity.gid); // so that it can be removed
  const { read, hold } = site.pipe.create();
  try {
    const launched = await launch(site.binaries, account, {
      folder: site.folder,
      log: logOf(site),
      pipe: read,
      ...(site.temporary && { temporary: site.home }),
    });
    return { hold, launched };
  } finally {
    closeSync(read);
  }
}

/** The socket's folder once PostgreSQL answers there; undefined where it stopped and has to be started again. */
async function answering(site: Site, deadline: number, launched?: Launched): Promise<string | undefined> {
  while (Date.now() < deadline) {
    const file = await readPidFile(site.folder);
    if (file?.status === 'ready' && (await prepareDatabase(file.socketFolder))) return file.socketFolder;
    if (launched && ended(launched.process)) {
      explainEnd(await launched.output());
      return undefined;
    }
    if (!launched && !site.pipe.running()) return undefined;
    await sleep(POLL_MS);
  }
  return undefined;
}

/** The messages of a postmaster that finds another one, which is still stopping or was quicker. */
const TAKEN = /lock file "postmaster.pid" already exists|pre-existing shared memory block/;

/** When the folder is taken, the caller retries. @throws for any other error */
function explainEnd(output: string): void {
  if (!TAKEN.test(output)) throw new Error(`The embedded PostgreSQL could not start: ${output.trim()}`);
}

async function prepareDatabase(host: string): Promise<boolean> {
  const client = new pg.Client({ ...ADDRESS, host, database: 'postgres' });
  client.on('error', () => undefined); // it may be stopping at this moment
  try {
    await client.connect();
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`).catch(ignoreDuplicate);
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function ignoreDuplicate(error: unknown): void {
  const { code } = error as { code?: string };
  if (code !== '42P04' && code !== '23505') throw error;
}

async function release(site: Site, { hold, launched }: Use): Promise<void> {
  closeSync(hold);
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  while (Date.now() < deadline) {
    // The launcher ends last: after PostgreSQL, and after it has removed the temporary files.
    const gone = (await readPidFile(site.folder)) === undefined && (!launched || ended(launched.process));
    if (gone || (!site.temporary && !site.pipe.released())) return;
    await sleep(POLL_MS);
  }
}

const ended = (process: ChildProcess): boolean => process.exitCode !== null || process.signalCode !== null;
const logOf = (site: Site): string => join(site.home, 'postgres.log');
