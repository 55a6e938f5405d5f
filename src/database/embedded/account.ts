/**
 * The account that PostgreSQL runs under. PostgreSQL refuses to run as root, so root gives it another account: the owner of
 * the folder, nobody, or a user namespace. What works depends on the machine, so each candidate is tried.
 */
import { execFile } from 'node:child_process';
import { lchown, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Binaries } from './binaries.js';
import { fileExists } from './file-exists.js';

export interface Account {
  /** The user that runs the process and owns the folder. Undefined: the current user. */
  identity?: { uid: number; gid: number };
  /** A command that is put before another one. */
  wrapper: string[];
}

const run = promisify(execFile);

const NOBODY: Account = { identity: { uid: 65534, gid: 65534 }, wrapper: [] };
const AS_WE_ARE: Account = { wrapper: [] };
/** Root outside and nobody inside: it works below a folder that only root may enter. */
const NAMESPACE: Account = { wrapper: ['unshare', '-U', '--'] };

/** initdb and postgres start, find a name for their user, and can use the folder. */
const TRIAL = 'id -un >/dev/null && "$1" --version && "$2" --version && test -r "$3" && test -w "$3" && test -x "$3"';

/** Only the variables that the programs need: the operator's environment holds secrets. */
export const ENVIRONMENT = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' };

/**
 * Finds an account that can run PostgreSQL on the folder, and gives it the folder.
 * @throws where no account works; the message says what would help
 */
export async function chooseAccount(binaries: Binaries, folder: string): Promise<Account> {
  const problems: string[] = [];
  for (const account of await candidates(folder)) {
    await giveFolder(folder, account);
    const problem = await trial(binaries, folder, account);
    if (problem === undefined) return account;
    problems.push(problem);
  }
  throw new Error(
    `The embedded PostgreSQL cannot run on ${folder} as this user: run Ostiary as the ordinary user that owns the folder, or set DSN to a PostgreSQL of your own. (${problems.join('; ')})`,
  );
}

async function candidates(folder: string): Promise<Account[]> {
  if (process.getuid?.() !== 0) return [AS_WE_ARE, NAMESPACE];
  const { uid, gid } = await stat(folder);
  if (uid !== 0) return [{ identity: { uid, gid }, wrapper: [] }, NOBODY, NAMESPACE];
  const used = await fileExists(join(folder, 'PG_VERSION'));
  return used ? [NAMESPACE, NOBODY] : [NOBODY, NAMESPACE];
}

async function giveFolder(folder: string, { identity }: Account): Promise<void> {
  if (process.getuid?.() !== 0) return;
  await chownTree(folder, identity ?? { uid: 0, gid: 0 });
}

async function chownTree(path: string, owner: { uid: number; gid: number }): Promise<void> {
  if ((await stat(path)).uid === owner.uid) return;
  const entries = await readdir(path, { recursive: true });
  for (const entry of entries) await lchown(join(path, entry), owner.uid, owner.gid);
  await lchown(path, owner.uid, owner.gid); // last: it marks that the whole tree has a new owner
}

/** The reason why the account does not work; undefined where it does. */
async function trial(binaries: Binaries, folder: string, account: Account): Promise<string | undefined> {
  try {
    await runAs(account, binaries, ['/bin/sh', '-c', TRIAL, 'sh', binaries.initdb, binaries.postgres, folder]);
    return undefined;
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    const [line] = (stderr ?? '').trim().split('\n');
    return `${describe(account)}: ${line || 'no access to the folder or the programs'}`;
  }
}

function describe({ identity, wrapper }: Account): string {
  return wrapper[0] ?? (identity ? `user ${identity.uid}` : 'this user');
}

/** Runs a command to its end under the account. @throws with `stderr` where it fails */
export async function runAs(account: Account, binaries: Binaries, command: string[]): Promise<void> {
  const [file = '', ...args] = [...account.wrapper, ...command];
  const env = { ...ENVIRONMENT, ...(binaries.libraryPath && { LD_LIBRARY_PATH: binaries.libraryPath }) };
  await run(file, args, { cwd: '/', env, ...account.identity });
}
