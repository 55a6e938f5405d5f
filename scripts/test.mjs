/**
 * `npm test`: runs all tests, or those of the given paths (arguments go to vitest). The last line of its output is
 * `N passed, N failed, N skipped`. PostgreSQL is that of TEST_DSN (`postgres://…/{db}`), otherwise an embedded one. Redis is
 * that of TEST_REDIS_URL, otherwise a redis-server of the PATH; without one its suites are skipped, and the run says so.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const VITEST = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
const CLOSING_LINE = /^\d+ passed, \d+ failed, \d+ skipped$/m;

const color = process.stdout.isTTY && !process.env.NO_COLOR ? { FORCE_COLOR: '1' } : {};
const child = spawn(process.execPath, [VITEST, 'run', ...process.argv.slice(2)], {
  cwd: ROOT,
  env: { ...process.env, ...color },
  stdio: ['ignore', 'pipe', 'inherit'],
});

let end = '';
child.stdout.on('data', (chunk) => {
  process.stdout.write(chunk);
  end = (end + chunk).slice(-2000);
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));

child.on('close', (code) => {
  // Nothing was counted where vitest failed before the first test (an unknown option, a broken configuration).
  if (!CLOSING_LINE.test(end)) process.stdout.write('0 passed, 1 failed, 0 skipped\n');
  process.exitCode = code ?? 1;
});
