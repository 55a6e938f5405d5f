/** The system secret of an installation without configuration. It is generated once, beside the embedded database. */
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { randomText } from '../crypto/random.js';

const FILE = 'system-secret';

/**
 * Reads the secret of the folder, or generates one: 43 characters, readable only by its owner. Of several processes that
 * start at once, one generates it and all read the same.
 * @throws where the file cannot be read: a new secret in its place would make all stored values unreadable
 */
export async function embeddedSecret(dataDir: string): Promise<string> {
  const path = join(dataDir, FILE);
  return (await read(path)) ?? (await make(dataDir, path));
}

async function make(dataDir: string, path: string): Promise<string> {
  await mkdir(dataDir, { recursive: true });
  const fresh = `${path}.${randomText(6)}`;
  const file = await open(fresh, 'wx', 0o600);
  try {
    await file.writeFile(`${randomText()}\n`);
    await file.sync();
    await link(fresh, path); // the file appears complete or not at all, and never replaces another
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await file.close();
    await rm(fresh, { force: true });
  }
  const secret = await read(path);
  if (secret === undefined) throw new Error(`The system secret at ${path} disappeared while it was created.`);
  return secret;
}

async function read(path: string): Promise<string | undefined> {
  try {
    const secret = (await readFile(path, 'utf8')).trim();
    if (secret.length < 16) throw new Error(`The system secret at ${path} is damaged: restore the file.`);
    return secret;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
