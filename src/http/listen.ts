/** Opens a server on a configured address: `host` and `port`, or `unix:/path`. */
import { chmod, stat, unlink } from 'node:fs/promises';
import type { Server } from 'node:http';
import { connect, type ListenOptions } from 'node:net';
import type { ListenerConfiguration } from '../config/configuration.js';
import type { ListenerName } from './exchange.js';
import { listenError } from './listen-error.js';

const UNIX = 'unix:';
/** As the reference's default for `serve.*.socket.mode`: every local user may connect. */
const SOCKET_MODE = 0o755;

/** @throws ListenError, `PortTaken` where somebody else listens there. */
export async function listen(server: Server, name: ListenerName, { host, port }: ListenerConfiguration): Promise<void> {
  const path = host.startsWith(UNIX) ? host.slice(UNIX.length) : undefined;
  try {
    if (path === undefined) await bind(server, { host: host.replace(/^\[|\]$/g, ''), port });
    else await bindSocket(server, path);
  } catch (error) {
    throw listenError(name, path === undefined ? `${host}:${port}` : host, error as NodeJS.ErrnoException);
  }
}

async function bindSocket(server: Server, path: string): Promise<void> {
  if (await isDead(path)) await unlink(path);
  await bind(server, { path });
  await chmod(path, SOCKET_MODE);
}

/** A socket that nobody listens on: the process that made it was killed. A file of another kind is not ours to remove. */
async function isDead(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isSocket() === true && !(await answers(path));
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code !== 'ECONNREFUSED');
    });
  });
}

function bind(server: Server, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(options, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
