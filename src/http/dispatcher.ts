/**
 * The way of every request on both listeners: its exchange, CORS, then the hot routes, then Express. Whatever goes wrong
 * becomes an answer here; nothing that a handler throws reaches the process.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable, Logger } from '@nestjs/common';
import { ConfigHolder } from '../config/config-holder.js';
import { Events } from '../events/events.js';
import type { RequestTracer } from '../observability/tracing/tracer.js';
import { badRequest, invalidRequest, OAuthError } from '../protocol/oauth-error.js';
import { Cors, type ClientOrigins, type CorsDecision } from './cors.js';
import { errorReply } from './error-reply.js';
import { faultOfEncoded } from './encoded-text.js';
import type { Exchange, HotRoute, ListenerName, Reply } from './exchange.js';
import { HotRoutes } from './hot-routes.js';
import { attachExchange } from './http-exchange.js';
import { JsonBody } from './json-body.js';
import { notFoundReply } from './not-found.js';
import { RequestExchange } from './request-exchange.js';
import { isHidden } from './request-path.js';

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

interface Pending {
  exchange: RequestExchange;
  response: ServerResponse;
}

export interface Routing {
  /** Served ahead of Express. */
  hotRoutes: readonly HotRoute[];
  /** Everything else: the Express application of Nest. */
  express: RequestHandler;
  /** Default: no client has origins of its own. */
  clientOrigins?: ClientOrigins;
  /** Told before a request reaches its route; what it throws is the answer. Default: every request is admitted. */
  admit?: Admission;
  /** Default: no traces. */
  tracer?: RequestTracer;
}

/** A promise only where somebody has to be asked. */
export type Admission = (exchange: Exchange) => Promise<void> | undefined;

/** For a client that does not take a long answer; a short one always fits the buffers of the system. */
const WRITE_TIMEOUT_MS = 10_000;
const SOCKET_BUFFER_BYTES = 16_384;

@Injectable()
export class Dispatcher {
  private readonly log = new Logger('http');
  private routes = new HotRoutes([]);
  private express: RequestHandler = () => undefined;
  private clientOrigins: ClientOrigins = () => Promise.resolve([]);
  private admit: Admission = () => undefined;

  constructor(
    private readonly config: ConfigHolder,
    private readonly cors: Cors,
    private readonly events: Events,
  ) {}

  use(routing: Routing): void {
    this.routes = new HotRoutes(routing.hotRoutes);
    this.express = routing.express;
    this.clientOrigins = routing.clientOrigins ?? this.clientOrigins;
    this.admit = routing.admit ?? this.admit;
  }

  /** Starts the answer and gives the exchange. Never throws. A request that its listener refuses is answered with that. */
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

  /** @throws OAuthError for what no route could make sense of. */
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
    else if (isHidden(exchange.listener, exchange.path)) this.send(pending, notFoundReply(exchange));
    else {
      this.events.within(exchange, () => {
        this.admitted(pending);
      });
    }
  }

  private admitted(pending: Pending): void {
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
    const whole = path.replaceAll('#', '%23'); // Express would drop what follows, and route the rest
    request.url = rawQuery ? `${whole}?${rawQuery}` : whole;
    attachExchange(exchange);
    for (const [name, value] of Object.entries(answerHeaders)) response.setHeader(name, value);
    response.once('prefinish', () => {
      limitWriting(response, response.socket?.writableLength ?? 0);
    });
    const limit = listener === 'admin' ? limits.admin_json : limits.form;
    Object.assign(request, { body: new JsonBody(exchange, limit) });
    this.express(request, response);
  }

  private fail(pending: Pending, error: unknown): void {
    this.send(pending, errorReply(error, pending.exchange));
  }

  /** Never throws: it is where every way ends. */
  private send({ exchange, response }: Pending, { status, headers, body }: Reply): void {
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

function tooLongQuery(limit: number): OAuthError {
  return new OAuthError('invalid_request', {
    status: 414,
    description: 'The query of the request is longer than this server accepts.',
    hint: `Send at most ${limit} bytes (limits.authorize_query), or send the parameters in the body of a POST.`,
  });
}
