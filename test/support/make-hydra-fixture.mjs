/**
 * Writes the second database of Hydra and what its clients hold, in the form of test/fixtures/hydra-26.2:
 * `node test/support/make-hydra-fixture.mjs FOLDER`. Some of its tokens were used an hour ago: make it when it is needed.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runnerImport } from 'vite';

const [folder] = process.argv.slice(2);
if (!folder) throw new Error('Name the folder.');
const file = join(import.meta.dirname, 'hydra-second.ts');
const { module } = await runnerImport(file, { configFile: false, logLevel: 'silent' });
const { dump, configuration, expected, vectors } = await module.secondHydra();
await mkdir(folder, { recursive: true });
await writeFile(join(folder, 'dump.sql'), dump);
const files = { 'config.json': configuration, 'expected.json': expected, ...vectors };
for (const [name, value] of Object.entries(files))
  await writeFile(join(folder, name), `${JSON.stringify(value, null, 1)}\n`);
