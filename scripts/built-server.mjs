/** The built server in its own process, on loopback. It ends with this process, however that ends. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../dist/src/main.js', import.meta.url));
const END_WITH_PARENT = new URL('../examples/demo/end-with-parent.mjs', import.meta.url).href;
const START_SECONDS = 90;

/**
 * @param folder for the embedded database, which is removed with it; DSN, where it is set, is the database
 * @param settings further environment variables, and the paths of configuration files
 * @returns the addresses of both listeners, and a function that ends the server
 */
export async function startServer(folder, { env = {}, files = [] } = {}) {
  await mkdir(folder, { mode: 0o700, recursive: true });
  const [open, admin] = [await freePort(), await freePort()];
  const issuer = `http://127.0.0.1:${open}`;
  const configuration = files.flatMap((file) => ['--config', file]);
  const args = ['--import', END_WITH_PARENT, MAIN, 'serve', 'all', '--dev', ...configuration];
  const child = spawn(process.execPath, args, {
    cwd: folder,
    stdio: ['pipe', 'inherit', 'inherit'],
    env: {
      ...process.env,
      ...{ DATA_DIR: folder, LOG_LEVEL: 'error', URLS_SELF_ISSUER: issuer },
      ...{ SERVE_PUBLIC_HOST: '127.0.0.1', SERVE_PUBLIC_PORT: String(open) },
      ...{ SERVE_ADMIN_HOST: '127.0.0.1', SERVE_ADMIN_PORT: String(admin) },
      ...env,
    },
  });
  const ended = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGINT');
    await ended;
  };
  const address = `http://127.0.0.1:${admin}`;
  if (await isReady(`${address}/health/ready`, child)) return { issuer, admin: address, stop };
  await stop();
  throw new Error('The server did not become ready.');
}

/** Brings the database that the environment variable DSN names up to date. */
export async function migrate(env) {
  const args = [MAIN, 'migrate', 'sql', 'up', '--read-from-env', '--yes'];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`The migrations ended with ${code}.`);
}

async function isReady(url, child) {
  for (const last = Date.now() + START_SECONDS * 1000; Date.now() < last && child.exitCode === null;) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return false;
}

/** A port of 127.0.0.1 on which nobody listens. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
