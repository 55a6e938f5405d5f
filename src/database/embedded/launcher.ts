/** Starts PostgreSQL below a small shell that outlives this process and stops it when no process holds the pipe any more. */
import { type ChildProcess, spawn } from 'node:child_process';
import { chown, mkdtemp, open, readFile, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Account, ENVIRONMENT } from './account.js';
import type { Binaries } from './binaries.js';

/**
 * Arguments: two folders to remove at the end and a library path, each of which may be empty, then the command. Standard input
 * is the pipe: its end means that the last user has gone. PostgreSQL itself does not get it. SIGINT is its fast shutdown.
 */
const SCRIPT = `
temporary=$1; sockets=$2; libraries=$3; shift 3
exec 3<&0
[ -z "$libraries" ] || export LD_LIBRARY_PATH="$libraries"
"$@" </dev/null 3<&- &
postgres=$!
trap 'kill -INT $postgres 2>/dev/null' TERM INT HUP
(read -r _ <&3; exec 3<&-; kill -INT $postgres 2>/dev/null) </dev/null &
watch=$!
exec 3<&- </dev/null
wait $postgres; code=$?
while kill -0 $postgres 2>/dev/null; do wait $postgres; code=$?; done
kill $watch 2>/dev/null
[ -z "$temporary" ] || rm -rf "$temporary"
[ -z "$sockets" ] || rm -rf "$sockets"
exit $code
`;

const MAX_LOG_BYTES = 1_048_576;
/** The longest path of a unix socket that every platform accepts, without the file's name. */
const MAX_SOCKET_FOLDER_BYTES = 100 - '/.s.PGSQL.5432'.length;

interface Launch {
  folder: string;
  log: string;
  /** This process's end of the pipe that PostgreSQL's launcher reads. */
  pipe: number;
  /** Removed at the end: the database of a single run, for which durability does not matter. */
  temporary?: string;
}

export interface Launched {
  process: ChildProcess;
  /** The output of PostgreSQL since it was launched. */
  output(): Promise<string>;
}

export async function launch(binaries: Binaries, account: Account, what: Launch): Promise<Launched> {
  const start = await trimmedSize(what.log);
  const log = await open(what.log, 'a', 0o600);
  const sockets = await socketFolder(what.folder, account);
  const settings = Object.entries(settingsOf(what, sockets ?? what.folder)).flatMap(([k, v]) => ['-c', `${k}=${v}`]);
  const command = [...account.wrapper, binaries.postgres, '-D', what.folder, ...settings];
  const args = ['-c', SCRIPT, 'sh', what.temporary ?? '', sockets ?? '', binaries.libraryPath, ...command];
  const child = spawn('/bin/sh', args, {
    cwd: '/',
    detached: true, // Ctrl-C reaches every process of the terminal's group: PostgreSQL must outlive the draining
    env: ENVIRONMENT,
    stdio: [what.pipe, log.fd, log.fd],
    ...account.identity,
  });
  child.on('error', () => undefined); // reported as an exit
  child.unref();
  await log.close();
  return { process: child, output: async () => (await readFile(what.log)).subarray(start).toString() };
}

function settingsOf(what: Launch, sockets: string): Record<string, string> {
  return {
    listen_addresses: '',
    unix_socket_directories: quoted(sockets),
    unix_socket_permissions: '0700',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // Faults of clients are for the clients to log; a statement may hold secrets.
    log_min_messages: 'fatal',
    log_min_error_statement: 'panic',
    ...(what.temporary && { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
}

/** The setting is a list: a comma in the path would divide it. */
const quoted = (path: string): string => `"${path.replaceAll('"', '""')}"`;

/** A short folder for the socket; undefined where the path of the data folder is short enough. */
async function socketFolder(folder: string, { identity }: Account): Promise<string | undefined> {
  if (Buffer.byteLength(folder) <= MAX_SOCKET_FOLDER_BYTES) return undefined;
  const near = Buffer.byteLength(tmpdir()) <= MAX_SOCKET_FOLDER_BYTES - '/ostiary-xxxxxx'.length ? tmpdir() : '/tmp';
  const made = await mkdtemp(join(near, 'ostiary-'));
  if (identity) await chown(made, identity.uid, identity.gid);
  return made;
}

/** The size of the log, which is emptied first where it has grown large. */
async function trimmedSize(log: string): Promise<number> {
  const size = await stat(log).then(
    (found) => found.size,
    () => 0,
  );
  if (size <= MAX_LOG_BYTES) return size;
  await truncate(log);
  return 0;
}
