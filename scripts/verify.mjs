/**
 * `npm run verify`: checks everything that must hold before a change is merged, except for tests that need a database. Each
 * step is named. Of a failing step the first lines are shown, and the others still run.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SHOWN_LINES = 60;
const env = {
  ...process.env,
  NO_COLOR: '1',
  PATH: [join(ROOT, 'node_modules/.bin'), process.env.PATH].join(delimiter),
};

/** `shows`: where the interesting part of a failing step's output starts. */
const steps = [
  { name: 'format', run: () => command('prettier', '--check', '.'), shows: /^\[(warn|error)\]/m },
  { name: 'lint', run: () => command('eslint', '.') },
  { name: 'types', run: () => command('tsc', '--noEmit', '-p', 'tsconfig.json', '--incremental', 'false') },
  { name: 'nothing unused', run: () => command('knip', '--no-progress') },
  { name: 'architecture', run: () => command('vitest', 'run', 'test/architecture'), shows: /^.*FAIL /m },
  { name: 'unit tests', run: () => command('vitest', 'run', '.spec.ts'), shows: /^.*FAIL /m },
  { name: 'OpenAPI document', run: openApi },
  { name: 'OpenAPI rules', run: () => command('redocly', 'lint', '--max-problems', '50', 'openapi/ostiary.json') },
  { name: 'configuration page', run: () => command('node', 'scripts/config-docs.mjs') },
  { name: 'fields in the guides', run: () => command('node', 'scripts/field-docs.mjs') },
  {
    name: 'pages',
    run: () => command('vitest', 'run', 'test/docs/links', 'test/docs/accounted', 'test/docs/errors'),
    shows: /^.*FAIL /m,
  },
  { name: 'migrations', run: () => command('node', 'scripts/schema.mjs') },
  { name: 'rules of migrations', run: () => command('vitest', 'run', 'test/migrations/rules'), shows: /^.*FAIL /m },
];

/** Compares the committed document with the one that the code describes. */
async function openApi() {
  const built = await command('node', 'scripts/build-once.mjs');
  if (built.code !== 0) return built;
  const folder = await mkdtemp(join(tmpdir(), 'ostiary-verify-'));
  try {
    const file = join(folder, 'ostiary.json');
    const emitted = await command('node', 'dist/src/main.js', 'openapi', '--output', file);
    if (emitted.code !== 0) return emitted;
    const [now, committed] = await Promise.all([readFile(file, 'utf8'), readFile(join(ROOT, DOCUMENT), 'utf8')]);
    return now === committed ? emitted : { code: 1, output: difference(committed, now) };
  } finally {
    await rm(folder, { recursive: true });
  }
}

const DOCUMENT = 'openapi/ostiary.json';

function difference(committed, now) {
  const [before, after] = [committed.split('\n'), now.split('\n')];
  const line = after.findIndex((text, index) => text !== before[index]);
  const show = (mark, lines) => lines.slice(line, line + 5).map((text) => `${mark} ${text}`);
  return [
    `${DOCUMENT} is not what the code describes, first in line ${line + 1}. If the change is meant: npm run openapi`,
    ...show('-', before),
    ...show('+', after),
  ].join('\n');
}

function command(program, ...args) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const parts = [];
    child.stdout.on('data', (part) => parts.push(part));
    child.stderr.on('data', (part) => parts.push(part));
    child.on('error', (error) => resolve({ code: 1, output: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(parts).toString() }));
  });
}

function firstLines(output, shows) {
  const start = shows ? Math.max(output.search(shows), 0) : 0;
  const lines = output.slice(start).trim().split('\n');
  const rest = lines.length - SHOWN_LINES;
  return [...lines.slice(0, SHOWN_LINES), ...(rest > 0 ? [`… and ${rest} lines more`] : [])];
}

let failed = 0;
for (const { name, run, shows } of steps) {
  const began = performance.now();
  const { code, output } = await run().catch((error) => ({ code: 1, output: error.message }));
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${code === 0 ? '✓' : '✗'} ${name} (${seconds} s)`);
  if (code === 0) continue;
  failed++;
  for (const line of firstLines(output, shows)) console.log(`    ${line}`);
}
console.log(`${steps.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
