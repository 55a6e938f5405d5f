/**
 * Opens a server on a configured address: `host` and `port`, or `unix:/path`. Without a host Node.js binds every address of
 * IPv6 and IPv4, and only those of IPv4 on a machine without IPv6.
 */
import { chmod, chown, stat, unlink } from 'node:fs/promises';
import type { Server } from 'node:http';
import { connect, type ListenOptions } from 'node:net';
import type { ListenerConfiguration } from '../../config/configuration.js';
import type { ListenerName } from '../exchange/exchange.js';
import { listenError } from './listen-error.js';
import { groupId, userId } from './system-ids.js';

const UNIX = 'unix:';
/** Connections that may wait: Node accepts few in an event-loop turn. The system may allow fewer (net.core.somaxconn). */
export const BACKLOG = 4_096;
export type Place = Pick<ListenerConfiguration, 'host' | 'port' | 'socket'>;

/** @throws ListenError, `PortTaken` where another process listens there. */
export async function listen(server: Server, name: ListenerName, { host, port, socket }: Place): Promise<void> {
  const path = host.startsWith(UNIX) ? host.slice(UNIX.length) : undefined;
  try {
    if (path !== undefined) await bindSocket(server, path, socket);
    else if (host === '') await bind(server, { port });
    else await bind(server, { host: host.replace(/^\[|\]$/g, ''), port });
  } catch (error) {
    const place = path === undefined ? `${host || '*'}:${port}` : host;
    throw listenError(name, place, error as NodeJS.ErrnoException);
  }
}

/** The log line of a listener that has opened. */
export const openLine = (name: ListenerName, address: string): string => `The ${name} listener is open on ${address}.`;

/** Only the server itself may connect before owner and mode are set. Node removes the socket when it closes. */
async function bindSocket(server: Server, path: string, { owner, group, mode }: Place['socket']): Promise<void> {
  const [uid, gid] = [owner ? await userId(owner) : -1, group ? await groupId(group) : -1];
  if (await isDead(path)) await unlink(path);
  const umask = process.umask(0o177);
  const bound = bind(server, { path });
  process.umask(umask);
  await bound;
  try {
    await chown(path, uid, gid);
    await chmod(path, mode);
  } catch (error) {
    server.close();
    throw error;
  }
}

/** A socket without a listener: its process was killed. A file of another type is never removed. */
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
    server.listen({ ...options, backlog: BACKLOG }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
