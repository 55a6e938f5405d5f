/**
 * The listeners, public, admin and (RFC 8705) mtls: their limits, request log and observers, and how they stop: requests in flight are
 * answered, and a gentle stop first serves those that come until other hosts notice.
 */
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import type { TlsConfiguration } from '../../config/configuration.js';
import { HttpMetrics } from '../../observability/http-metrics.js';
import { ThrottledReport } from '../../protocol/throttled-report.js';
import type { RequestTracer } from '../../observability/tracing/tracer.js';
import { AcceptCopies } from './overload/accept-copies.js';
import { watchAccepts } from './overload/accept-queue.js';
import { handleConnectionFault } from './connection-faults.js';
import { Dispatcher, type Routing } from './dispatcher.js';
import type { Ending } from './ending.js';
import type { ListenerName } from '../exchange/exchange.js';
import { listen } from './listen.js';
import { ListenError } from './listen-error.js';
import type { RequestExchange } from '../exchange/request-exchange.js';
import { RequestLog } from './request-log.js';
import type { RequestObserver } from './request-observer.js';
import { isProbe, splitTarget } from './routes/request-path.js';
import { RequestWatch } from './request-watch.js';
import { ShutdownState } from './shutdown-state.js';
import { CertificateReload } from './tls/certificate-reload.js';
import { mutualTlsServer } from './tls/mutual-tls-server.js';
import { PlainRequests } from './tls/plain-requests.js';
import { readTlsMaterial, type TlsMaterial, TlsMaterialError } from './tls/tls-material.js';
import { RECOMMENDED_CIPHERS, TlsServer } from './tls/tls-server.js';

/** The limit for the head without the query: request line, cookies and other headers. */
const HEADER_BYTES = 65_536;
const DROPS_TOLD_EVERY_MS = 60_000;

@Injectable()
export class Listeners {
  private readonly log = new Logger('http');
  /** In milliseconds. They limit how long a client may take to send; a handler is never cut off. */
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
  private readonly copies = new AcceptCopies();
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

  /** Opens all listeners or none. @throws ListenError, `PortTaken` where an address is taken. */
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

  /** Makes the listeners accept many connections in an event-loop turn, from a moment later on: for a single process. */
  async acceptOnCopies(): Promise<void> {
    await this.copies.open([...this.servers.values()]);
  }

  /** The address of an open listener: `https://host:port`, `http://host:port`, or `unix:/path`. @throws Error */
  address(name: ListenerName): string {
    const server = this.servers.get(name);
    const address: AddressInfo | string | null | undefined = server?.address();
    if (!address) throw new Error(`The ${name} listener is not open.`);
    if (typeof address === 'string') return `unix:${address}`;
    const scheme = server instanceof TlsServer ? 'https' : 'http';
    return `${scheme}://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`;
  }

  /**
   * Ends readiness, closes the listeners and lets requests in flight end, for at most `serve.shutdown.timeout`. A gentle stop
   * keeps serving for `serve.shutdown.delay` first. Resolves when no connection is left; a second call returns the same
   * promise.
   */
  stop(ending: Ending = 'prompt'): Promise<void> {
    this.stopped ??= this.drain(ending);
    return this.stopped;
  }

  /** Registers work to be done before the listeners close. */
  closeAfter(release: () => Promise<void>): void {
    this.release = release;
  }

  /** Ends the waiting of `stop` at once, for the second signal of an operator. */
  async stopNow(): Promise<void> {
    this.cut.abort();
    await this.stop();
  }

  /**
   * HTTP/1.1 announces a close only by `Connection: close` in an answer. A request that is on its way to an idle connection
   * is lost when that is closed, and a half-close does not help, because the request could not be answered. So during the
   * delay every connection stays open and is closed by its next answer. Connections that are idle all that time are closed in
   * an event-loop turn in which everything that had arrived was read, and new connections were accepted.
   */
  private async drain(ending: Ending): Promise<void> {
    const { delay, timeout } = this.config.current.serve.shutdown;
    this.shutdown.begin();
    this.closeWatches();
    this.watch.closeAfterAnswers();
    if (ending === 'gentle') await this.pause(delay);
    await this.release();
    const servers = [...this.servers.values()];
    await nextTurn();
    const closed = Promise.all([this.copies.close(), ...servers.map(close)]);
    await Promise.race([closed, this.pause(timeout)]);
    for (const server of servers) server.closeAllConnections();
    await closed;
  }

  /** Waits for this many seconds, or until `stopNow`. */
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
    watchAccepts(server);
    this.limitConnections(server, name);
    server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      handleConnectionFault(error, socket as Socket, this.watch.inFlight);
    });
    return server;
  }

  private limitConnections(server: Server | TlsServer, name: ListenerName): void {
    const { max_connections: limit } = this.config.current.serve[name];
    if (limit === 0) return;
    const drops = new ThrottledReport<undefined>(DROPS_TOLD_EVERY_MS, (_, closed) => {
      const message = `The ${name} listener closes connections: it has ${limit} (serve.${name}.max_connections).`;
      this.log.warn({ message, closed });
    });
    const dropped = (): void => {
      drops.record(undefined);
    };
    dropBeyond(server, limit, dropped);
  }

  private tlsServer(name: ListenerName, tls: TlsConfiguration, options: ServerOptions): TlsServer {
    const plain = new PlainRequests(tls.allow_termination_from);
    const material = materialFor(name, tls);
    const handle = this.handler(name, plain);
    const { security_profile: profile } = this.config.current.oauth2;
    const context = profile === undefined ? {} : { ciphers: RECOMMENDED_CIPHERS };
    const server =
      name === 'mtls'
        ? mutualTlsServer(options, material, handle, context)
        : new TlsServer(options, material, handle, context);
    this.certificates.push(new CertificateReload(name, tls, server, material));
    return server;
  }

  /** Probes are not traced, because they would outnumber everything else. */
  private traceOf(listener: ListenerName, { method = 'GET', url = '/', headers }: IncomingMessage) {
    if (!this.tracer || isProbe(splitTarget(url).path)) return undefined;
    return this.tracer.request({ listener, method, headers });
  }

  private handler(name: ListenerName, plain?: PlainRequests): RequestListener {
    return (request: IncomingMessage, response: ServerResponse): void => {
      const refusal = plain?.fault(request);
      if (refusal || this.shutdown.isStopping) response.shouldKeepAlive = false;
      if (!refusal && this.dispatcher.refuses(name, request, response)) return;
      const startedAt = performance.now();
      const trace = this.traceOf(name, request);
      const dispatch = (): RequestExchange => this.dispatcher.dispatch(name, request, response, refusal);
      const exchange = trace ? trace.within(dispatch) : dispatch();
      this.watch.begin({ exchange, response, startedAt, trace });
    };
  }
}

/**
 * `maxConnections` does not count connections accepted on copies of the descriptor, and full workers would hand a connection
 * to one another in circles until one has room.
 */
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

/** @throws ListenError where certificate and key are not usable */
function materialFor(name: ListenerName, tls: TlsConfiguration): TlsMaterial {
  try {
    return readTlsMaterial(tls);
  } catch (error) {
    if (!(error instanceof TlsMaterialError)) throw error;
    throw new ListenError(
      `The ${name} listener cannot start with TLS. ${error.message} See serve.${name}.tls${name === 'mtls' ? '' : ' and serve.tls'}.`,
      error,
    );
  }
}

/** Accepts no new connection and closes idle ones at once. Resolves when the last connection is closed. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });
}
