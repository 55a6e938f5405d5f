/** The built server in its own process, on free ports, with an embedded database in a folder that is removed with it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
const START_SECONDS = 90;

/** @returns the address of the admin API, and a function that ends the server. DSN, where it is set, is the database. */
export async function startServer(folder) {
  await mkdir(folder, { mode: 0o700 });
  const [open, admin] = [await freePort(), await freePort()];
  const issuer = `http://127.0.0.1:${open}`;
  const child = spawn(process.execPath, [MAIN, 'serve', 'all', '--dev'], {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      ...{ DATA_DIR: folder, LOG_LEVEL: 'error', URLS_SELF_ISSUER: issuer },
      ...{ SERVE_PUBLIC_HOST: '127.0.0.1', SERVE_PUBLIC_PORT: String(open) },
      ...{ SERVE_ADMIN_HOST: '127.0.0.1', SERVE_ADMIN_PORT: String(admin) },
    },
  });
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGINT');
    await ended;
  };
  const address = `http://127.0.0.1:${admin}`;
  if (await isReady(`${address}/health/ready`, child)) return { admin: address, stop };
  await stop();
  throw new Error('The server did not become ready.');
}

async function isReady(url, child) {
  for (const last = Date.now() + START_SECONDS * 1000; Date.now() < last && child.exitCode === null;) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return false;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
