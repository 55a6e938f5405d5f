/**
 * Copies of the descriptor of a listening socket. A copy is another number for the same socket: each can be listened on, and
 * closing one closes no other. Node has no call for it, but a handle that is sent to another process and back is a copy: so a
 * short-lived child process returns each handle that it gets.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Server } from 'node:net';

const ECHO = 'process.on("message", (message, handle) => process.send(message, handle));';
/** A child takes some forty milliseconds; one that does not answer is killed. */
const TIMEOUT_MS = 10_000;

/** The handle beneath a server, to which nobody listens during the transfer: Node's type for sending does not include it. */
type Handle = Server;
const handleOf = (server: Server): Handle | null => (server as unknown as { _handle: Handle | null })._handle;

/**
 * @param program Node.js
 * @returns for each server this many handles for `listen`; fewer, or none, where no process may be started
 */
export async function copiesOf(
  servers: readonly Server[],
  count: number,
  program = process.execPath,
): Promise<object[][]> {
  const copies: object[][] = servers.map(() => []);
  const child = start(program);
  if (!child) return copies;
  const ended = new Promise<void>((resolve) => {
    const end = (): void => {
      resolve();
    };
    child.on('error', end).on('exit', end);
  });
  let missing = 0;
  child.on('message', (index, handle) => {
    copies[index as number]?.push(handle as object);
    if (--missing === 0) child.disconnect();
  });
  for (const [index, server] of servers.entries()) missing += send(child, index, handleOf(server), count);
  if (missing === 0 && child.connected) child.disconnect();
  await ended;
  return copies;
}

/** Some failures are thrown (EPERM, ENOMEM), others are events (ENOENT, EAGAIN, EMFILE). */
function start(program: string): ChildProcess | undefined {
  try {
    return spawn(program, ['-e', ECHO], {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      env: {},
      timeout: TIMEOUT_MS,
    });
  } catch {
    return undefined;
  }
}

function send(child: ChildProcess, index: number, handle: Handle | null, count: number): number {
  if (!handle || !child.connected) return 0;
  for (let copy = 0; copy < count; copy++) child.send(index, handle, { keepOpen: true }, () => undefined);
  return count;
}
