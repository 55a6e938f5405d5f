/** What `test/clients/<name>/client.json` says of a program; `test/clients/README.md` has its members. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const FOLDER = fileURLToPath(new URL('../../test/clients', import.meta.url));

/**
 * @param {string[]} names none: all of them
 * @throws where there is no program of a name
 */
export async function readPrograms(names = []) {
  const folders = (await readdir(FOLDER, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const known = folders.map(({ name }) => name).sort();
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`No program ${unknown.join(', ')}. There are: ${known.join(', ')}.`);
  return Promise.all(known.filter((name) => names.length === 0 || names.includes(name)).map(readProgram));
}

async function readProgram(name) {
  const folder = join(FOLDER, name);
  const manifest = JSON.parse(await readFile(join(folder, 'client.json'), 'utf8'));
  return { minutes: 2, needs: [], install: undefined, without: {}, walk: [], ...manifest, name, folder };
}
