/**
 * The event loop accepts one connection per descriptor and turn. If thousands arrive at once while turns are long, the last
 * would wait for many seconds, with their requests in the buffers of the system, where this process can neither see nor
 * refuse them. Each copy of the descriptor accepts one more connection per turn.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { BACKLOG } from '../listen.js';
import { copiesOf } from './descriptor-copies.js';

/** A single new connection wakes all copies in vain, at half a microsecond each. */
const COPIES = 31;

export class AcceptCopies {
  private readonly copies: Server[] = [];
  private isClosed = false;

  /** Listens on copies of the servers' descriptors. Without copies the servers go on alone. */
  async open(servers: readonly Server[]): Promise<void> {
    const handles = await copiesOf(servers, COPIES);
    for (const [index, server] of servers.entries()) {
      for (const handle of handles[index] ?? []) this.copies.push(copyFor(server).listen(handle, BACKLOG));
    }
    if (this.isClosed) await this.close();
  }

  /**
   * To be called before the servers close: the socket accepts connections for as long as any descriptor is open. Resolves
   * when the last connection that a copy accepted is closed: the servers do not wait for those.
   */
  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all(this.copies.splice(0).map((copy) => new Promise((resolve) => copy.close(resolve))));
  }
}

/** The connections of a copy are connections of the server in every respect. */
function copyFor(server: Server): Server {
  const { allowHalfOpen, noDelay } = server as Server & { allowHalfOpen: boolean; noDelay: boolean };
  const copy = createServer({ allowHalfOpen, noDelay }, (socket: Socket) => {
    server.emit('connection', socket);
  });
  return copy.on('error', (error) => server.emit('error', error));
}
