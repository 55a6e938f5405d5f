/**
 * A faulty network between a server and a store: it leads to another port, cuts, delays, or drops the bytes
 * of one of the two directions.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from '../../support/free-ports.js';

/** As seen from the server: `up` carries its requests to the store, `down` the responses. */
export type Direction = 'up' | 'down';

interface Line {
  near: Socket;
  far: Socket;
  /** Bytes were dropped: later bytes would make no sense to either end. */
  torn: boolean;
}

export class FaultProxy {
  private readonly lines = new Set<Line>();
  private readonly silent = new Set<Direction>();
  private delayMs = 0;
  private refusing = false;

  private constructor(
    private readonly server: Server,
    readonly port: number,
    private target: number,
  ) {}

  static async leadingTo(target: number): Promise<FaultProxy> {
    const server = createServer();
    const proxy = new FaultProxy(server, await freePort(), target);
    server.on('connection', (socket) => {
      proxy.join(socket);
    });
    await new Promise<void>((resolve) => server.listen(proxy.port, '127.0.0.1', resolve));
    return proxy;
  }

  /** New connections go to this port; existing ones stay where they are. */
  pointAt(target: number): void {
    this.target = target;
  }

  /** Resets the open connections. */
  cut(): void {
    for (const line of this.lines) hangUp(line);
  }

  /** Resets the open connections and accepts no new ones. */
  refuse(): void {
    this.refusing = true;
    this.cut();
  }

  /** Drops every byte of the direction, without closing anything. */
  silence(direction: Direction): void {
    this.silent.add(direction);
  }

  /** Delays each byte by this time. */
  delay(ms: number): void {
    this.delayMs = ms;
  }

  /** Restores the network. Connections that lost bytes are reset. */
  heal(): void {
    this.silent.clear();
    this.delayMs = 0;
    this.refusing = false;
    for (const line of this.lines) if (line.torn) hangUp(line);
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(near: Socket): void {
    if (this.refusing) {
      near.resetAndDestroy();
      return;
    }
    const line: Line = { near, far: connect(this.target, '127.0.0.1'), torn: false };
    this.lines.add(line);
    this.carry(line, 'up');
    this.carry(line, 'down');
  }

  private carry(line: Line, direction: Direction): void {
    const [from, to] = direction === 'up' ? [line.near, line.far] : [line.far, line.near];
    from.setNoDelay(true);
    from.on('error', () => undefined);
    from.on('data', (bytes: Buffer) => {
      if (this.silent.has(direction)) line.torn = true;
      else if (this.delayMs === 0) to.write(bytes);
      else setTimeout(() => to.write(bytes), this.delayMs);
    });
    from.on('close', () => {
      this.lines.delete(line);
      if (this.delayMs === 0) to.destroy();
      else setTimeout(() => to.destroy(), this.delayMs);
    });
  }
}

function hangUp({ near, far }: Line): void {
  near.resetAndDestroy();
  far.resetAndDestroy();
}
