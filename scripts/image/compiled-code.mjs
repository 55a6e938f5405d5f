/**
 * Fills the cache of compiled code by one start of the server on its embedded database. Node.js keeps one for each version and
 * user, so this must be the Node.js of the image. The program must lie where it will lie in the image, for the names of its
 * files count too.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** The user of the image, for whom it is filled where this runs as root (the embedded database refuses that). */
const USER = 65534;
/** Users that containers often have beside it: root, that of the janitor in Ory's chart, the first of a Debian. */
const OTHER_USERS = [0, 100, 1000];
const PATIENCE_MS = 120_000;
const IS_ROOT = process.getuid() === 0;

/** @param program the folder of main.js */
export async function compiledCode(program) {
  const cache = join(program, '.compiled');
  await rm(cache, { recursive: true, force: true });
  await mkdir(cache);
  const home = await mkdtemp(join(tmpdir(), 'ostiary-image-'));
  if (IS_ROOT) for (const folder of [cache, home]) await chown(folder, USER, USER);
  try {
    await startOnce(join(program, 'main.js'), home);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
  await alsoFor(OTHER_USERS, cache);
}

async function startOnce(main, home) {
  const [publicPort, adminPort] = [await freePort(), await freePort()];
  const child = spawn(process.execPath, [main, 'serve', 'all', '--dev'], {
    ...(IS_ROOT && { uid: USER, gid: USER }),
    cwd: home,
    env: { HOME: home, SERVE_PUBLIC_PORT: String(publicPort), SERVE_ADMIN_PORT: String(adminPort), LOG_LEVEL: 'error' },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const ended = once(child, 'exit');
  try {
    await ready(child, adminPort);
    child.kill('SIGTERM');
    await ended;
  } finally {
    child.kill('SIGKILL');
  }
}

/** The folder of a user is named VERSION-ARCHITECTURE-FLAGS-USER. Node.js before 22 makes none. */
async function alsoFor(users, cache) {
  const [filled] = await readdir(cache);
  if (filled === undefined) return;
  const before = filled.slice(0, filled.lastIndexOf('-'));
  for (const user of users) {
    const name = `${before}-${user}`;
    if (name !== filled) await symlink(filled, join(cache, name));
  }
}

async function ready(child, port) {
  const end = Date.now() + PATIENCE_MS;
  while (Date.now() < end && child.exitCode === null) {
    const answer = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(100);
  }
  throw new Error('The server that fills the cache of compiled code did not get ready.');
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
