/** Builds `dist` when it is missing or older than its sources: before `npm start` and `npm run demo`. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BUILT = join(ROOT, 'dist/src/main.js');
const FOLDERS = ['src', 'migrations'];
const FILES = ['package.json', 'tsconfig.json', 'tsconfig.build.json', 'nest-cli.json', 'scripts/bundle.mjs'];
const NEST = join(ROOT, 'node_modules/@nestjs/cli/bin/nest.js');
/** `npm run build`, without npm. */
const STEPS = [[NEST, 'build'], [join(ROOT, 'scripts/bundle.mjs')], [join(ROOT, 'scripts/build-info.mjs')]];

if (!isBuilt()) build();

function isBuilt() {
  if (!existsSync(BUILT)) return false;
  if (!existsSync(join(ROOT, 'src'))) return true; // the program was installed as a package
  const builtAt = statSync(BUILT).mtimeMs;
  return sources().every((path) => statSync(path).mtimeMs <= builtAt);
}

function sources() {
  const below = FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true }).map((name) => join(ROOT, folder, name)),
  );
  const given = FILES.map((name) => join(ROOT, name)).filter(existsSync);
  return [...below.filter((path) => !path.endsWith('.spec.ts') && !statSync(path).isDirectory()), ...given];
}

function build() {
  if (!existsSync(NEST)) {
    console.error('Ostiary is not built and its build tools are not installed: run `npm ci` first.');
    process.exit(1);
  }
  console.log('Building …');
  for (const step of STEPS) {
    const { status } = spawnSync(process.execPath, step, { cwd: ROOT, stdio: 'inherit' });
    if (status !== 0) process.exit(status ?? 1);
  }
}
