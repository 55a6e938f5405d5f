/**
 * The two listeners, public and admin: their limits, their log line and observers, and the way they stop. Requests in
 * flight are answered; a connection that waits for its next request is closed at once.
 */
import cluster from 'node:cluster';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { ConfigHolder } from '../config/config-holder.js';
import type { TlsConfiguration } from '../config/configuration.js';
import { HttpMetrics } from '../observability/http-metrics.js';
import type { RequestTracer } from '../observability/tracing/tracer.js';
import { handleConnectionFault } from './connection-faults.js';
import { Dispatcher, type Routing } from './dispatcher.js';
import type { ListenerName } from './exchange.js';
import { listen } from './listen.js';
import { ListenError } from './listen-error.js';
import type { RequestExchange } from './request-exchange.js';
import { RequestLog } from './request-log.js';
import type { RequestObserver } from './request-observer.js';
import { isProbe, splitTarget } from './request-path.js';
import { RequestWatch } from './request-watch.js';
import { ShutdownState } from './shutdown-state.js';
import { CertificateReload } from './tls/certificate-reload.js';
import { PlainRequests } from './tls/plain-requests.js';
import { readTlsMaterial, type TlsMaterial, TlsMaterialError } from './tls/tls-material.js';
import { TlsServer } from './tls/tls-server.js';

/** Beside the query: request line, cookies and other headers. */
const HEADER_BYTES = 65_536;
const DROPS_TOLD_EVERY_MS = 60_000;

@Injectable()
export class Listeners {
  private readonly log = new Logger('http');
  /** Milliseconds. They bound how a client sends; a handler that works is never cut. */
  private readonly timeouts: ServerOptions = {
    headersTimeout: 5_000,
    requestTimeout: 30_000, // head and body
    keepAliveTimeout: 120_000,
    connectionsCheckingInterval: 1_000,
  };
  private readonly servers = new Map<ListenerName, Server | TlsServer>();
  private readonly certificates: CertificateReload[] = [];
  private readonly watch = new RequestWatch();
  private readonly cut = new AbortController();
  private tracer: RequestTracer | undefined;
  private release = (): Promise<void> => Promise.resolve();
  private stopped?: Promise<void>;

  constructor(
    private readonly config: ConfigHolder,
    private readonly dispatcher: Dispatcher,
    private readonly shutdown: ShutdownState,
    requestLog: RequestLog,
    metrics: HttpMetrics,
  ) {
    this.watch.observe(requestLog);
    this.watch.observe(metrics);
  }

  /** Adds an observer of completed requests. */
  observe(observer: RequestObserver): void {
    this.watch.observe(observer);
  }

  /** Opens the listeners; all of them or none. @throws ListenError, `PortTaken` where an address is taken. */
  async open(names: readonly ListenerName[], routing: Routing): Promise<void> {
    this.dispatcher.use(routing);
    this.tracer = routing.tracer;
    try {
      for (const name of names) {
        const server = this.server(name);
        await listen(server, name, this.config.current.serve[name]);
        this.servers.set(name, server);
        server.on('error', (error) => {
          this.log.error({ message: `The ${name} listener could not take a connection.`, error });
        });
      }
    } catch (error) {
      this.closeWatches();
      await Promise.all([...this.servers.values()].map(close));
      throw error;
    }
  }

  /** Where a listener is open: `https://host:port`, `http://host:port`, or `unix:/path`. @throws Error where it is not open. */
  address(name: ListenerName): string {
    const server = this.servers.get(name);
    const address: AddressInfo | string | null | undefined = server?.address();
    if (!address) throw new Error(`The ${name} listener is not open.`);
    if (typeof address === 'string') return `unix:${address}`;
    const scheme = server instanceof TlsServer ? 'https' : 'http';
    return `${scheme}://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
  }

  /**
   * Ends readiness, waits `serve.shutdown.delay`, closes the listeners and lets requests in flight end, for at most
   * `serve.shutdown.timeout`. Resolves when no connection is left; a second call joins the first.
   */
  stop(): Promise<void> {
    this.stopped ??= this.drain();
    return this.stopped;
  }

  /** Something that comes before the listeners close. */
  closeAfter(release: () => Promise<void>): void {
    this.release = release;
  }

  /** Cuts short what `stop` waits for: the second signal of an operator. */
  async stopNow(): Promise<void> {
    this.cut.abort();
    await this.stop();
  }

  private async drain(): Promise<void> {
    const { delay, timeout } = this.config.current.serve.shutdown;
    this.shutdown.begin();
    this.closeWatches();
    await this.pause(delay);
    await this.release();
    const servers = [...this.servers.values()];
    const closed = Promise.all(servers.map(close));
    this.watch.closeAfterAnswers();
    await Promise.race([closed, this.pause(timeout)]);
    for (const server of servers) server.closeAllConnections();
    await closed;
  }

  /** Seconds, or until the operator is impatient. */
  private async pause(seconds: number): Promise<void> {
    await sleep(seconds * 1_000, undefined, { signal: this.cut.signal, ref: false }).catch(() => undefined);
  }

  private closeWatches(): void {
    for (const certificate of this.certificates) certificate.close();
  }

  private server(name: ListenerName): Server | TlsServer {
    const { tls, host } = this.config.current.serve[name];
    const options = {
      ...this.timeouts,
      maxHeaderSize: this.config.current.limits.authorize_query + HEADER_BYTES,
    };
    const server =
      tls.enabled && !host.startsWith('unix:')
        ? this.tlsServer(name, tls, options)
        : createServer(options, this.handler(name));
    this.limitConnections(server, name);
    server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      handleConnectionFault(error, socket as Socket, this.watch.inFlight);
    });
    return server;
  }

  private limitConnections(server: Server | TlsServer, name: ListenerName): void {
    const { max_connections: limit } = this.config.current.serve[name];
    if (limit === 0) return;
    let toldAt = -Infinity;
    const dropped = (): void => {
      if (performance.now() - toldAt < DROPS_TOLD_EVERY_MS) return;
      toldAt = performance.now();
      this.log.warn(`The ${name} listener closes connections: it has ${limit} (serve.${name}.max_connections).`);
    };
    if (cluster.isWorker) {
      dropBeyond(server, limit, dropped);
      return;
    }
    server.maxConnections = limit;
    server.on('drop', dropped);
  }

  private tlsServer(name: ListenerName, tls: TlsConfiguration, options: ServerOptions): TlsServer {
    const plain = new PlainRequests(tls.allow_termination_from);
    const material = materialFor(name, tls);
    const server = new TlsServer(options, material, this.handler(name, plain));
    this.certificates.push(new CertificateReload(name, tls, server, material));
    return server;
  }

  /** Probes would drown what matters. */
  private traceOf(listener: ListenerName, { method = 'GET', url = '/', headers }: IncomingMessage) {
    if (!this.tracer || isProbe(splitTarget(url).path)) return undefined;
    return this.tracer.request({ listener, method, headers });
  }

  private handler(name: ListenerName, plain?: PlainRequests): RequestListener {
    return (request: IncomingMessage, response: ServerResponse): void => {
      const refusal = plain?.fault(request);
      if (refusal || this.shutdown.isStopping) response.shouldKeepAlive = false;
      const startedAt = performance.now();
      const trace = this.traceOf(name, request);
      const dispatch = (): RequestExchange => this.dispatcher.dispatch(name, request, response, refusal);
      const exchange = trace ? trace.within(dispatch) : dispatch();
      this.watch.begin({ exchange, response, startedAt, trace });
    };
  }
}

/** With `maxConnections` full workers would hand a connection to one another, round and round, until one has room. */
function dropBeyond(server: Server, limit: number, dropped: () => void): void {
  let open = 0;
  server.prependListener('connection', (socket: Socket) => {
    open++;
    socket.once('close', () => open--);
    if (open <= limit) return;
    socket.destroy();
    dropped();
  });
}

/** @throws ListenError where certificate and key cannot be used */
function materialFor(name: ListenerName, tls: TlsConfiguration): TlsMaterial {
  try {
    return readTlsMaterial(tls);
  } catch (error) {
    if (!(error instanceof TlsMaterialError)) throw error;
    throw new ListenError(
      `The ${name} listener cannot start with TLS. ${error.message} See serve.${name}.tls and serve.tls.`,
      error,
    );
  }
}

/** Takes no new connection; idle ones are closed at once. Resolves when the last one is gone. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });
}
