/**
 * The pipeline of every request on all listeners: its exchange, CORS, the hot routes, then Express. Every error becomes an
 * answer here; an exception of a handler never reaches the process.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable, Logger } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { Events } from '../../events/events.js';
import type { RequestTracer } from '../../observability/tracing/tracer.js';
import { badRequest } from '../../protocol/admin-error.js';
import { invalidRequest, OAuthError } from '../../protocol/oauth-error.js';
import { isCertificateRepeated } from '../client-certificate/client-certificate.js';
import { Admission } from './overload/admission.js';
import { Cors, type ClientOrigins } from './cors/cors.js';
import type { CorsDecision } from './cors/cors-decision.js';
import { doubledSlashesReply, hasDoubledSlashes } from './routes/doubled-slashes.js';
import { errorReply } from '../replies/error-reply.js';
import { faultOfEncoded } from '../exchange/encoded-text.js';
import type { Exchange, HotRoute, ListenerName } from '../exchange/exchange.js';
import type { Reply } from '../replies/reply.js';
import { HotRoutes } from './routes/hot-routes.js';
import { attachExchange } from '../exchange/http-exchange.js';
import { JsonBody } from '../exchange/json-body.js';
import { notFoundReply } from '../replies/not-found.js';
import { RequestExchange } from '../exchange/request-exchange.js';
import { isHidden } from './routes/request-path.js';
import { OnMutualTls } from './routes/route-places.js';
import { RouteTable } from './routes/route-table.js';
import { WebPages } from './web-pages.js';

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

interface Pending {
  exchange: RequestExchange;
  response: ServerResponse;
}

export interface Routing {
  /** Routes served ahead of Express. */
  hotRoutes: readonly HotRoute[];
  /** The Express application of Nest, which serves everything else. */
  express: RequestHandler;
  /** Default: no client has origins of its own. */
  clientOrigins?: ClientOrigins;
  /** Called before a request reaches its route; an error it throws is the answer. Default: admits every request. */
  admit?: Admittance;
  /** Default: no traces. */
  tracer?: RequestTracer;
}

/** Returns a promise only where a store has to be asked. */
type Admittance = (exchange: Exchange) => Promise<void> | undefined;

const NO_CLIENT_ORIGINS: ClientOrigins = { of: () => Promise.resolve([]), some: () => Promise.resolve(false) };

/** The limit for a client that does not read a long answer; a short one always fits the buffers of the system. */
const WRITE_TIMEOUT_MS = 10_000;
const SOCKET_BUFFER_BYTES = 16_384;

@Injectable()
export class Dispatcher {
  private readonly log = new Logger('http');
  private routes = new HotRoutes([]);
  private express: RequestHandler = () => undefined;
  private clientOrigins: ClientOrigins = NO_CLIENT_ORIGINS;
  private admit: Admittance = () => undefined;

  constructor(
    private readonly config: ConfigHolder,
    private readonly cors: Cors,
    private readonly events: Events,
    private readonly webPages: WebPages,
    private readonly admission: Admission,
    private readonly table: RouteTable,
  ) {}

  use(routing: Routing): void {
    this.routes = new HotRoutes(routing.hotRoutes);
    this.express = routing.express;
    this.clientOrigins = routing.clientOrigins ?? this.clientOrigins;
    this.admit = routing.admit ?? this.admit;
  }

  /** True under overload: the request has been answered, and only the metrics record it. */
  refuses(listener: ListenerName, request: IncomingMessage, response: ServerResponse): boolean {
    return this.admission.refuses(listener, request, response);
  }

  /** Starts the answer and returns the exchange. Never throws. Errors of the listener's checks become the answer. */
  dispatch(
    listener: ListenerName,
    request: IncomingMessage,
    response: ServerResponse,
    refusal?: OAuthError,
  ): RequestExchange {
    const exchange = new RequestExchange(listener, request, this.config.current);
    const pending = { exchange, response };
    try {
      if (refusal) throw refusal;
      this.begin(pending);
    } catch (error) {
      this.fail(pending, error);
    }
    return exchange;
  }

  private begin(pending: Pending): void {
    this.webPages.refuse(pending.exchange);
    this.refuseUnusable(pending.exchange);
    const decision = this.cors.decide(pending.exchange, this.clientOrigins);
    if (decision instanceof Promise) {
      decision
        .then((decided) => {
          this.proceed(pending, decided);
        })
        .catch((error: unknown) => {
          this.fail(pending, error);
        });
    } else this.proceed(pending, decision);
  }

  /** @throws OAuthError for a request that no route could handle. */
  private refuseUnusable({ listener, path, rawQuery }: Exchange): void {
    const limit = this.config.current.limits.authorize_query;
    if (rawQuery.length > limit) throw tooLongQuery(limit);
    const fault = faultOfEncoded(path);
    if (fault) throw (listener === 'admin' ? badRequest : invalidRequest)(`The path cannot be read. ${fault}`);
  }

  private proceed(pending: Pending, { headers, reply }: CorsDecision): void {
    const { exchange } = pending;
    Object.assign(exchange.answerHeaders, headers);
    if (reply) this.send(pending, reply);
    else if (this.isHidden(exchange)) this.send(pending, notFoundReply(exchange));
    else if (hasDoubledSlashes(exchange)) this.send(pending, doubledSlashesReply(exchange));
    else {
      this.events.within(exchange, () => {
        this.admitted(pending);
      });
    }
  }

  private isHidden({ listener, path }: Exchange): boolean {
    return listener === 'mtls' ? !this.table.find(OnMutualTls, listener, path) : isHidden(listener, path);
  }

  private admitted(pending: Pending): void {
    if (isCertificateRepeated(pending.exchange, this.config.current)) {
      this.events.publish({ type: 'mtls.rejected', at: pending.exchange.arrivedAt, reason: 'repeated' });
      this.fail(pending, repeatedCertificate());
      return;
    }
    const asked = this.admit(pending.exchange);
    if (!asked) {
      this.route(pending);
      return;
    }
    asked
      .then(() => {
        this.route(pending);
      })
      .catch((error: unknown) => {
        this.fail(pending, error);
      });
  }

  private route(pending: Pending): void {
    const hot = this.routes.find(pending.exchange);
    if (hot) this.serve(hot, pending);
    else this.fallThrough(pending);
  }

  private serve(route: HotRoute, pending: Pending): void {
    pending.exchange.route = route.path;
    const reply = route.endpoint(pending.exchange);
    if (reply instanceof Promise) {
      reply.then(
        (given) => {
          this.send(pending, given);
        },
        (error: unknown) => {
          this.fail(pending, error);
        },
      );
    } else this.send(pending, reply);
  }

  private fallThrough({ exchange, response }: Pending): void {
    const { request, path, rawQuery, listener, answerHeaders } = exchange;
    const { limits } = this.config.current;
    const whole = path.replaceAll('#', '%23'); // Express would drop the rest of the path and route the beginning
    request.url = rawQuery ? `${whole}?${rawQuery}` : whole;
    attachExchange(exchange);
    for (const [name, value] of Object.entries(answerHeaders)) response.setHeader(name, value);
    response.once('prefinish', () => {
      exchange.timing.answerSent();
      limitWriting(response, response.socket?.writableLength ?? 0);
    });
    const limit = listener === 'admin' ? limits.admin_json : limits.form;
    Object.assign(request, { body: new JsonBody(exchange, limit) });
    this.express(request, response);
  }

  private fail(pending: Pending, error: unknown): void {
    this.send(pending, errorReply(error, pending.exchange));
  }

  /** Never throws, because every request ends here. */
  private send({ exchange, response }: Pending, { status, headers, body }: Reply): void {
    exchange.timing.answerSent(); // also where the client is gone: it could have been reading until now
    if (response.headersSent || response.destroyed) return;
    try {
      response.writeHead(status, answerHeaders(exchange, headers, body)).end(body);
      limitWriting(response, response.socket?.writableLength ?? 0);
    } catch (error) {
      this.log.error({ message: 'A reply could not be sent.', request_id: exchange.requestId, error });
      response.destroy();
    }
  }
}

function answerHeaders(
  { answerHeaders: all }: RequestExchange,
  own: Reply['headers'],
  body: Reply['body'],
): typeof all {
  for (const name in own) all[name.toLowerCase()] = own[name] ?? [];
  if (body !== undefined) all['content-length'] = String(Buffer.byteLength(body));
  return all;
}

function limitWriting(response: ServerResponse, unsent: number): void {
  if (unsent > SOCKET_BUFFER_BYTES) response.setTimeout(WRITE_TIMEOUT_MS, () => response.destroy());
}

/** RFC 9440 §4: the proxy must remove the header from what it receives. */
function repeatedCertificate(): OAuthError {
  return invalidRequest(
    'The request has two headers with the certificate of the client: the proxy must remove those that it receives.',
  );
}

function tooLongQuery(limit: number): OAuthError {
  return new OAuthError('invalid_request', {
    status: 414,
    description: 'The query of the request is longer than this server accepts.',
    hint: `Send at most ${limit} bytes (limits.authorize_query), or send the parameters in the body of a POST.`,
  });
}
