/**
 * A proxy in front of PostgreSQL or Redis that passes bytes, and drops a connection at a chosen moment of a chosen request,
 * as a network, a fail-over or a dying process does.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type NetConnectOpts, type Server, type Socket } from 'node:net';

/**
 * When the connection is dropped: the store never sees the request; or it has the request and does not know that nobody
 * waits any more; or it has executed the request, and its response is lost.
 */
export type Moment = 'before it arrives' | 'while it runs' | 'after it is done';

export interface Held {
  /** Resolves when the store has responded and the response is held back. */
  answered: Promise<void>;
  /** Passes the response on. */
  release: () => void;
}

interface Fault {
  /** The bytes of the request that triggers it. */
  text: string;
  moment: Moment | 'held back';
  struck: () => void;
  released?: Promise<void>;
}

type IsWhole = (answer: Buffer) => boolean;

/** ReadyForQuery: in PostgreSQL's protocol it ends each response, after the commit. */
const isReadyForQuery: IsWhole = (answer) =>
  answer.length >= 6 && answer.readUIntBE(answer.length - 6, 5) === 0x5a00000005;

export class CutProxy {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private faults: Fault[] = [];
  private isOpen = true;

  private constructor(
    private readonly target: NetConnectOpts,
    private readonly isWhole: IsWhole,
  ) {
    this.server = createServer((client) => {
      this.pass(client);
    });
  }

  /** @returns the proxy, and the address of the database through it */
  static async beforePostgres(dsn: string): Promise<{ proxy: CutProxy; dsn: string }> {
    const url = new URL(dsn);
    const folder = url.searchParams.get('host');
    const port = Number(url.port || '5432');
    const target = folder?.startsWith('/') ? { path: `${folder}/.s.PGSQL.${port}` } : { host: url.hostname, port };
    const proxy = new CutProxy(target, isReadyForQuery);
    await proxy.listen();
    url.searchParams.delete('host');
    url.hostname = '127.0.0.1';
    url.port = String(proxy.port);
    return { proxy, dsn: url.toString() };
  }

  /** @returns the proxy, and the address of the Redis through it */
  static async beforeRedis(address: string): Promise<{ proxy: CutProxy; url: string }> {
    const url = new URL(address);
    const proxy = new CutProxy({ host: url.hostname, port: Number(url.port || '6379') }, () => true);
    await proxy.listen();
    url.hostname = '127.0.0.1';
    url.port = String(proxy.port);
    return { proxy, url: url.toString() };
  }

  /** Drops the connection of the next request that contains this text. Resolves when that has happened. */
  cutNext(text: string, moment: Moment): Promise<void> {
    return new Promise((struck) => {
      this.faults.push({ text, moment, struck });
    });
  }

  /** Holds back the response to the next request with this text. */
  holdNext(text: string): Held {
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const answered = new Promise<void>((struck) => {
      this.faults.push({ text, moment: 'held back', struck, released });
    });
    return { answered, release };
  }

  /** Cancels faults that were ordered and have not happened. */
  forget(): void {
    this.faults = [];
  }

  /** Drops every connection, and refuses new ones until `open`. */
  close(): void {
    this.isOpen = false;
    for (const socket of this.sockets) socket.destroy();
  }

  open(): void {
    this.isOpen = true;
  }

  async stop(): Promise<void> {
    this.close();
    this.server.close();
    await once(this.server, 'close');
  }

  private get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  private async listen(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
  }

  private pass(client: Socket): void {
    if (!this.isOpen) {
      client.destroy();
      return;
    }
    const store = connect({ noDelay: true, ...this.target } as NetConnectOpts);
    client.setNoDelay(true);
    let fault: Fault | undefined;
    let answer = Buffer.alloc(0);
    client.on('data', (request) => {
      if (client.destroyed) return;
      fault ??= this.faultOf(request);
      if (fault?.moment === 'before it arrives') {
        store.destroy();
        client.destroy();
        fault.struck();
        return;
      }
      store.write(request);
      if (fault?.moment !== 'while it runs') return;
      client.destroy();
      fault.struck();
    });
    store.on('data', (part) => {
      if (!fault) {
        client.write(part);
        return;
      }
      answer = Buffer.concat([answer, part]);
      if (!this.isWhole(answer)) return;
      if (fault.moment === 'held back') {
        const [{ struck, released }, whole] = [fault, answer];
        [fault, answer] = [undefined, Buffer.alloc(0)];
        void released?.then(() => client.write(whole));
        struck();
        return;
      }
      store.destroy();
      client.destroy();
      if (fault.moment === 'after it is done') fault.struck();
    });
    this.tie(client, store, () => fault?.moment === 'while it runs');
  }

  /** When one side ends, the other one does too, unless the store must not notice. */
  private tie(client: Socket, store: Socket, isUnnoticed: () => boolean): void {
    for (const socket of [client, store]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
    }
    client.on('close', () => {
      this.sockets.delete(client);
      if (!isUnnoticed()) store.destroy();
    });
    store.on('close', () => {
      this.sockets.delete(store);
      client.destroy();
    });
  }

  private faultOf(request: Buffer): Fault | undefined {
    const found = this.faults.findIndex(({ text }) => request.includes(text));
    return found < 0 ? undefined : this.faults.splice(found, 1)[0];
  }
}
