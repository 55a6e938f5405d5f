/**
 * The proxy before the servers: each request goes to the next server that is ready, or to any of them where none is.
 * It sends nothing twice, except when the connection was refused: then nothing was sent. Where a server sends no response,
 * the client loses its connection, too.
 */
import { Agent, createServer, get, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { freePort } from '../../support/free-ports.js';

const PROBE_EVERY_MS = 200;
const PROBE_PATIENCE_MS = 2_500;

export interface Upstream {
  name: string;
  port: number;
}

export class Balancer {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 64 });
  private readonly ready = new Set<Upstream>();
  private readonly timers: NodeJS.Timeout[] = [];
  private turn = 0;

  private constructor(
    private readonly server: Server,
    private readonly port: number,
    private readonly upstreams: readonly Upstream[],
  ) {}

  static async before(upstreams: readonly Upstream[]): Promise<Balancer> {
    const server = createServer();
    const balancer = new Balancer(server, await freePort(), upstreams);
    server.on('request', (incoming: IncomingMessage, outgoing: ServerResponse) => {
      balancer.forward(incoming, outgoing);
    });
    server.keepAliveTimeout = 600_000; // the client's side is not judged
    await new Promise<void>((resolve) => server.listen(balancer.port, '127.0.0.1', resolve));
    for (const upstream of upstreams) balancer.probe(upstream);
    return balancer;
  }

  get url(): string {
    return `http://127.0.0.1:${String(this.port)}`;
  }

  /** Names of the servers that were ready at the last probe. */
  get inService(): string[] {
    return [...this.ready].map(({ name }) => name);
  }

  async close(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    this.server.closeAllConnections();
    this.agent.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private probe(upstream: Upstream): void {
    let asking = false;
    const look = (): void => {
      if (asking) return;
      asking = true;
      void isReady(upstream.port).then((ready) => {
        asking = false;
        if (ready) this.ready.add(upstream);
        else this.leave(upstream);
      });
    };
    look();
    this.timers.push(setInterval(look, PROBE_EVERY_MS));
  }

  /** Sends no more requests there, and closes idle connections, as proxies do. */
  private leave(upstream: Upstream): void {
    this.ready.delete(upstream);
    const idle = Object.entries(this.agent.freeSockets).filter(([name]) => name.includes(`:${String(upstream.port)}:`));
    for (const socket of idle.flatMap(([, sockets]) => sockets ?? [])) socket.destroy();
  }

  private forward(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const parts: Buffer[] = [];
    incoming.on('data', (part: Buffer) => parts.push(part));
    incoming.once('end', () => {
      this.attempt(incoming, outgoing, Buffer.concat(parts), this.inTurn());
    });
  }

  private inTurn(): Upstream[] {
    const open = this.upstreams.filter((upstream) => this.ready.has(upstream));
    const all = open.length > 0 ? open : [...this.upstreams];
    const first = this.turn++ % all.length;
    return [...all.slice(first), ...all.slice(0, first), ...this.upstreams.filter((one) => !all.includes(one))];
  }

  private attempt(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    body: Buffer,
    [next, ...rest]: Upstream[],
  ): void {
    if (!next) {
      outgoing.destroy();
      return;
    }
    const { method, url, headers } = incoming;
    const onward = request({ host: '127.0.0.1', port: next.port, method, path: url, headers, agent: this.agent });
    onward.once('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, {
        ...answer.headers,
        connection: 'keep-alive',
        'x-server': next.name,
      });
      answer.pipe(outgoing);
      answer.once('close', () => {
        if (!answer.complete) outgoing.destroy();
      });
    });
    onward.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') this.attempt(incoming, outgoing, body, rest);
      else outgoing.destroy();
    });
    outgoing.once('close', () => {
      if (!outgoing.writableFinished) onward.destroy();
    });
    onward.end(body);
  }
}

function isReady(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = get({ host: '127.0.0.1', port, path: '/health/ready', agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    probe.setTimeout(PROBE_PATIENCE_MS, () => probe.destroy(new Error('late')));
    probe.once('error', () => {
      resolve(false);
    });
  });
}
