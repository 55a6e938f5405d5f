/**
 * `npm test`: runs all tests, or those of the given paths (arguments go to vitest). The last line of its output is
 * `N passed, N failed, N skipped`. PostgreSQL is that of TEST_DSN (`postgres://…/{db}`), otherwise an embedded one. Redis is
 * that of TEST_REDIS_URL, otherwise a redis-server of the PATH; without one its suites are skipped, and the run says so.
 *
 * `npm test -- --other-node` leaves out what does not depend on the version of Node.js: for the second version in .ci/run.
 *
 * Where a few files of a run of everything fail, they run once more, one at a time with nothing beside them: what fails
 * then as well has failed. A test that passes only alone is named at the end, and is a fault of that test.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { closingLine } from '../test/support/reporter.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const VITEST = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
/**
 * What `--other-node` leaves out: text, SQL and charts; browsers; programs of others; the walks over every step of a flow
 * with a lost connection, a killed process or hostile values, which take long and meet the same calls of Node.js as the rest.
 */
const ALIKE_ON_EVERY_NODE = [
  ...['architecture', 'backup', 'clients', 'deploy', 'docs', 'faults', 'growth', 'migrations', 'races', 'upgrades'].map(
    (name) => `test/${name}/**`,
  ),
  'test/e2e/browser*.test.ts',
  'test/integration/import-hydra/**',
  'test/integration/*/bad-input.test.ts',
  'test/integration/*/lost-*.test.ts',
];
/** More failures than these do not come of chance. */
const MOST_RERUN = 5;
/** Nothing was counted where vitest failed before the first test (an unknown option, a broken configuration). */
const NOTHING_RAN = { '': { passed: 0, failed: 1, skipped: 0 } };
const color = process.stdout.isTTY && !process.env.NO_COLOR ? { FORCE_COLOR: '1' } : {};

let child;
let isStopped = false;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    isStopped = true;
    child.kill(signal);
  });
}

const folder = await mkdtemp(join(tmpdir(), 'ostiary-test-'));
try {
  const { asked, options } = words(process.argv.slice(2));
  const { code, files } = await run([...asked, ...options]);
  process.exitCode = code;
  const failed = Object.keys(files).filter((file) => files[file].failed > 0);
  const mayBeChance = code !== 0 && asked.length === 0 && failed.length <= MOST_RERUN && !failed.includes('');
  if (mayBeChance && failed.length > 0 && !isStopped) {
    const names = failed.map((file) => relative(ROOT, file));
    process.stdout.write(`\nOnce more, alone: ${names.join(', ')}\n`);
    const again = await run([...names, '--no-file-parallelism']);
    process.exitCode = again.code;
    Object.assign(files, again.files);
    const passed = names.filter((_, index) => files[failed[index]].failed === 0);
    if (passed.length > 0) process.stdout.write(`Failed beside others and passed alone: ${passed.join(', ')}\n`);
  }
  process.stdout.write(`${closingLine(files)}\n`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** What was asked for, and what `--other-node` stands for. */
function words(given) {
  const asked = given.filter((word) => word !== '--other-node');
  const options = asked.length < given.length ? ALIKE_ON_EVERY_NODE.flatMap((glob) => ['--exclude', glob]) : [];
  return { asked, options };
}

/** @returns the exit code of vitest, and the counts of each test file */
async function run(options) {
  const outcome = join(folder, 'outcome.json');
  await rm(outcome, { force: true });
  child = spawn(process.execPath, [VITEST, 'run', ...options], {
    cwd: ROOT,
    env: { ...process.env, ...color, TEST_OUTCOME: outcome },
    stdio: 'inherit',
  });
  const code = await new Promise((resolve) => child.on('close', (number) => resolve(number ?? 1)));
  const files = await readFile(outcome, 'utf8').then(JSON.parse, () => NOTHING_RAN);
  return { code, files };
}
