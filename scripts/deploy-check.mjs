/**
 * `npm run deploy:check`: the tests of deploy/ with Helm, which is built from its Go module once (some minutes) and kept in a
 * cached folder. Without Go, and without Helm on the PATH, its tests are skipped.
 * `-- --all` builds promtool too (some more minutes), `-- --write` writes golden renders and lists anew.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TOOLS, toolFolder } from '../test/deploy/built-tools.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const LONGEST_BUILD_MS = 4 * 60_000;
const folder = toolFolder();
const env = { ...process.env, PATH: [process.env.PATH, '/usr/local/go/bin'].join(delimiter) };
const given = (flag) => process.argv.includes(flag);

/** Whether the program can be started. */
const runs = (program) => spawnSync(program, ['help'], { env }).error === undefined;

function build({ name, module, version }) {
  if (existsSync(join(folder, name)) || runs(name)) return;
  if (!runs('go')) {
    console.log(`No Go here: ${name} is not built.`);
    return;
  }
  console.log(`Building ${name} ${version} …`);
  mkdirSync(folder, { recursive: true });
  const { status, stderr, error } = spawnSync('go', ['install', `${module}@${version}`], {
    ...{ cwd: folder, encoding: 'utf8', timeout: LONGEST_BUILD_MS },
    env: { ...env, GOBIN: folder, GOFLAGS: '-mod=mod -trimpath' },
  });
  if (status === 0) return;
  const reason = error?.message ?? stderr.trim().split('\n').slice(-5).join('\n');
  console.log(`${name} could not be built: ${reason}`);
}

for (const tool of TOOLS) if (!tool.onDemand || given('--all')) build(tool);
const tests = [join(ROOT, 'scripts/test.mjs'), 'test/deploy', ...(given('--write') ? ['--update'] : [])];
process.exitCode = spawnSync(process.execPath, tests, { cwd: ROOT, stdio: 'inherit' }).status ?? 1;
