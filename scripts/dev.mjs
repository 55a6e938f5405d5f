/**
 * `npm run dev`: builds, serves from `dist`, and does both again after each change of the source. A change that does not
 * compile leaves the old server running. Arguments go to `serve all --dev`, as in `npm run dev -- -c ostiary.yaml`.
 *
 * `nest start --watch` does not fit: it signals every process below the server, so the embedded PostgreSQL stops first.
 */
import { spawn } from 'node:child_process';
import { copyFileSync, watchFile } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const NEST = join(ROOT, 'node_modules/@nestjs/cli/bin/nest.js');
const MAIN = join(ROOT, 'dist/src/main.js');
/** A directory that the compiler does not watch. */
const SCHEMA = 'src/config/config.schema.json';
const COMPILED = 'Found 0 errors';

/** Detached, so that Ctrl-C reaches only this script, which ends the others in order. */
const options = { cwd: ROOT, detached: true };
const arguments_ = ['--enable-source-maps', MAIN, 'serve', 'all', '--dev', ...process.argv.slice(2)];
let server;
let isReplaced = false;
let isEnding = false;

const compiler = spawn(process.execPath, [NEST, 'build', '--watch', '--preserveWatchOutput'], {
  ...options,
  stdio: ['ignore', 'pipe', 'inherit'],
});
compiler.stdout.on('data', (text) => {
  process.stdout.write(text);
  if (String(text).includes(COMPILED)) serve();
});
compiler.on('exit', (code) => {
  if (!isEnding) end(code ?? 1);
});
watchFile(join(ROOT, SCHEMA), { interval: 500 }, () => {
  copyFileSync(join(ROOT, SCHEMA), join(ROOT, 'dist', SCHEMA));
  serve();
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => end(0));

/** Starts the server, or ends the running one and starts the next one when its ports are free. */
function serve() {
  if (isEnding || isReplaced) return;
  if (server) {
    isReplaced = true;
    server.kill('SIGINT');
    return;
  }
  server = spawn(process.execPath, arguments_, { ...options, stdio: 'inherit' });
  server.on('exit', (code) => {
    server = undefined;
    if (isEnding) process.exit();
    if (!isReplaced) console.log(`The server ended with code ${code}. The next change starts it again.`);
    else {
      isReplaced = false;
      serve();
    }
  });
}

function end(code) {
  process.exitCode = code;
  if (isEnding) process.exit(1);
  isEnding = true;
  compiler.kill();
  if (server) server.kill('SIGINT');
  else process.exit();
}
