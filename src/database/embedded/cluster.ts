/** The folder of the embedded PostgreSQL. It is created completely or not at all, also after a crash or in a race. */
import { chmod, mkdtemp, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { chooseAccount, runAs } from './account.js';
import type { Binaries } from './binaries.js';
import { fileExists } from './file-exists.js';

const FOLDER = 'postgres';
const UNFINISHED = 'postgres.new-';
const UNFINISHED_KEPT_MS = 3_600_000;
/** The major version of the package's binaries: other versions cannot read the folder. */
const MAJOR = '18';

interface Wanted {
  folder: string;
  /** A temporary database need not survive a crash. */
  temporary: boolean;
}

/** @returns the folder, created where there is none */
export async function openCluster(home: string, binaries: Binaries, temporary: boolean): Promise<string> {
  const folder = join(home, FOLDER);
  if (!(await fileExists(join(folder, 'PG_VERSION')))) {
    await createCluster(home, { folder, temporary }, binaries);
  }
  const version = (await readFile(join(folder, 'PG_VERSION'), 'utf8')).trim();
  if (version !== MAJOR) {
    throw new Error(
      `${folder} was made by PostgreSQL ${version} and cannot be read by the embedded PostgreSQL ${MAJOR}: set DATA_DIR to another folder, or DSN to a PostgreSQL that holds your data.`,
    );
  }
  return folder;
}

async function createCluster(home: string, { folder, temporary }: Wanted, binaries: Binaries): Promise<void> {
  await removeUnfinished(home);
  const fresh = await mkdtemp(join(home, UNFINISHED));
  try {
    const account = await chooseAccount(binaries, fresh);
    await chmod(fresh, 0o700);
    const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '--encoding=UTF8'];
    const access = ['--username=postgres', '--auth=trust'];
    const haste = temporary ? ['--no-sync'] : [];
    await runAs(account, binaries, [binaries.initdb, `--pgdata=${fresh}`, ...locale, ...access, ...haste]);
    await rename(fresh, folder);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    if (!(await fileExists(join(folder, 'PG_VERSION')))) throw error; // otherwise another process was quicker
  }
}

/** Removes what a killed process left behind; a recent folder may belong to a process that works on it. */
async function removeUnfinished(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    if (!name.startsWith(UNFINISHED)) continue;
    const path = join(home, name);
    const age = Date.now() - (await stat(path).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs;
    if (age > UNFINISHED_KEPT_MS) await rm(path, { recursive: true, force: true });
  }
}
