/**
 * `npm test`: all tests, or those of the paths given (arguments go to vitest). Closes with the line
 * `N passed, N failed, N skipped`. PostgreSQL is the one of TEST_DSN (`postgres://…/{db}`), else an embedded one; Redis is
 * the one of TEST_REDIS_URL, else a redis-server of the PATH, else its suites are skipped, and the run says so.
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
  // Before the first test ran (an option that vitest does not know, a broken configuration) nothing was counted.
  if (!CLOSING_LINE.test(end)) process.stdout.write('0 passed, 1 failed, 0 skipped\n');
  process.exitCode = code ?? 1;
});
