/**
 * `npm run sdk [-- --output FOLDER] [language…]`: packaged clients from openapi/ostiary.json, by default in `sdk/`, one
 * folder for each of TypeScript, Go, Python, Java and C#. It needs java, and mvn for the first download of the generator.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fetchGenerator, generate } from './sdk/generator.mjs';
import { languages } from './sdk/languages.mjs';

const OUTPUT = fileURLToPath(new URL('../sdk', import.meta.url));

const { values, positionals } = parseArgs({ options: { output: { type: 'string' } }, allowPositionals: true });
const known = languages.map(({ folder }) => folder);
const unknown = positionals.filter((name) => !known.includes(name));
if (unknown.length > 0) throw new Error(`No SDK for ${unknown.join(', ')}. There are: ${known.join(', ')}.`);

const scratch = await mkdtemp(join(tmpdir(), 'ostiary-sdk-'));
try {
  fetchGenerator(scratch);
  for (const language of languages.filter(({ folder }) => positionals.length === 0 || positionals.includes(folder))) {
    const folder = join(resolve(values.output ?? OUTPUT), language.folder);
    await generate(language, folder);
    console.log(`${language.name}: ${folder}`);
  }
} finally {
  await rm(scratch, { recursive: true, force: true });
}
