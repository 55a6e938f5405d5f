/** Reads the YAML and JSON documents of files and folders, with those of lists (`kubectl get -o yaml`) as their own. */
import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isJsonObject, type JsonObject } from '../../protocol/json.js';
import { CommandFailed } from '../command-failed.js';
import { jsonIn, nameOf, readInput, STANDARD_INPUT } from '../input/read-input.js';

export interface FoundDocument {
  document: JsonObject;
  where: string;
  folder: string;
}

const EXTENSION = /\.(ya?ml|json)$/i;

/** @throws CommandFailed where a file cannot be read, or holds something else */
export async function readDocuments(paths: readonly string[]): Promise<FoundDocument[]> {
  const found: FoundDocument[] = [];
  for (const path of paths) {
    for (const file of await filesAt(path)) found.push(...(await documentsOf(file)));
  }
  return found;
}

/** A folder is read with all that is below it, in the order of names. What starts with a dot is left out. */
async function filesAt(path: string): Promise<string[]> {
  if (path === STANDARD_INPUT) return [path];
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false, // readInput says why it cannot be read
  );
  if (!isFolder) return [path];
  const entries = await readdir(path, { withFileTypes: true });
  const names = entries.filter(({ name }) => !name.startsWith('.')).sort((a, b) => (a.name < b.name ? -1 : 1));
  const below = await Promise.all(names.map(({ name }) => filesAt(join(path, name))));
  return below.flat().filter((file) => EXTENSION.test(file));
}

async function documentsOf(file: string): Promise<FoundDocument[]> {
  const content = await readInput(file);
  const name = nameOf(file);
  const contents = /\.json$/i.test(file) ? [jsonIn(content, name)] : await yamlIn(content, name);
  return contents
    .filter((one) => one !== null)
    .flatMap((one, index) => {
      const where = contents.length > 1 ? `${name}, document ${index + 1}` : name;
      return flat(one, { where, folder: dirname(file) });
    });
}

function flat(content: unknown, at: Omit<FoundDocument, 'document'>): FoundDocument[] {
  if (!isJsonObject(content)) throw new CommandFailed(`${at.where} holds no object with kind and spec.`);
  const { items } = content;
  if (!Array.isArray(items)) return [{ document: content, ...at }];
  return items.flatMap((item, index) => flat(item, { ...at, where: `${at.where}, item ${index + 1}` }));
}

/** The message of the parser would quote lines of the file, which may hold secrets. */
async function yamlIn(content: Buffer, name: string): Promise<unknown[]> {
  const { parseAllDocuments } = await import('yaml');
  const documents = parseAllDocuments(content.toString(), { intAsBigInt: true });
  return [...documents].map((document) => {
    const [error] = document.errors;
    if (!error) return document.toJS({ reviver: safeNumber }) as unknown;
    const [{ line } = { line: 0 }] = error.linePos ?? [];
    throw new CommandFailed(`${name} does not hold valid YAML: line ${line}, ${error.code}.`);
  });
}

const safeNumber = (_key: unknown, value: unknown): unknown =>
  typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value;
