/**
 * How long a connection may have waited to be accepted. The event loop accepts few new connections per turn, one per
 * descriptor: of many that arrive at once the last ones wait for many turns, while their complete requests lie in the buffers
 * of the system. As long as every turn accepts one, each may have been there since the first of the series. A turn that
 * accepts none ends the series, because then the queue is empty. A worker gets a connection after it has accepted the
 * previous one: in between there is a round trip to the primary process.
 */
import cluster from 'node:cluster';
import type { Server, Socket } from 'node:net';
import { unreadFor } from './unread.js';

/** In a series without end a connection is not assumed to have waited longer than this. */
const LONGEST_MS = 1_000;
/** The longest assumed round trip to the primary process. */
const HANDOVER_MS = 10;

export interface Waited {
  /** When the first connection of the series was accepted, in milliseconds of `performance.now()`. */
  sinceTick: number;
  /** How long that connection may have been there unnoticed, in milliseconds. */
  unread: number;
}

/** Holds connections accepted in this turn or the previous one: input that is read later also arrived later. */
const waited = new WeakMap<Socket, Waited>();

/** Records the connections that the server accepts. */
export function watchAccepts(server: Server): void {
  let first: Waited | undefined;
  let latest: Socket | undefined;
  server.on('connection', (socket: Socket) => {
    const now = performance.now();
    first ??= { sinceTick: now, unread: unreadFor() };
    latest = socket;
    waited.set(socket, { ...first, sinceTick: Math.max(first.sinceTick, now - LONGEST_MS) });
    inTwoTurns(() => waited.delete(socket));
    whenQueueIsEmpty(() => {
      if (latest === socket) first = latest = undefined;
    });
  });
}

/** After two turns the loop has polled all connections once more. */
function inTwoTurns(then: () => void): void {
  setImmediate(setImmediate, then);
}

function whenQueueIsEmpty(then: () => void): void {
  if (cluster.isWorker) setTimeout(inTwoTurns, HANDOVER_MS, then);
  else inTwoTurns(then);
}

/** Undefined where the input being read now arrived after the connection was accepted. */
export function waitedSince(socket: Socket): Waited | undefined {
  return waited.get(socket);
}
