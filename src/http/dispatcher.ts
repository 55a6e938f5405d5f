/**
 * The way of every request on both listeners: its exchange, CORS, then the hot routes, then Express. Whatever goes wrong
 * becomes an answer here; nothing that a handler throws reaches the process.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable, Logger } from '@nestjs/common';
import { ConfigHolder } from '../config/config-holder.js';
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

export interface Routing {
  /** Served ahead of Express. */
  hotRoutes: readonly HotRoute[];
  /** Everything else: the Express application of Nest. */
  express: RequestHandler;
  /** Default: no client has origins of its own. */
  clientOrigins?: ClientOrigins;
}

/** No answer to GET is to be cached: what may be says so itself. */
const NEVER_CACHE = 'private, no-cache, no-store, must-revalidate';
/** For a client that does not take a long answer; a short one always fits the buffers of the system. */
const WRITE_TIMEOUT_MS = 10_000;
const SOCKET_BUFFER_BYTES = 16_384;

@Injectable()
export class Dispatcher {
  private readonly log = new Logger('http');
  private routes = new HotRoutes([]);
  private express: RequestHandler = () => undefined;
  private clientOrigins: ClientOrigins = () => Promise.resolve([]);

  constructor(
    private readonly config: ConfigHolder,
    private readonly cors: Cors,
  ) {}

  use(routing: Routing): void {
    this.routes = new HotRoutes(routing.hotRoutes);
    this.express = routing.express;
    this.clientOrigins = routing.clientOrigins ?? this.clientOrigins;
  }

  /** Starts the answer and gives the exchange. Never throws. */
  dispatch(listener: ListenerName, request: IncomingMessage, response: ServerResponse): RequestExchange {
    const exchange = new RequestExchange(listener, request, this.config.current);
    response.setHeader('x-request-id', exchange.requestId);
    if (exchange.method === 'GET' || exchange.method === 'HEAD') response.setHeader('cache-control', NEVER_CACHE);
    response.once('prefinish', () => {
      if (unsent(response) > SOCKET_BUFFER_BYTES) response.setTimeout(WRITE_TIMEOUT_MS, () => response.destroy());
    });
    try {
      this.begin(exchange, response);
    } catch (error) {
      this.send(response, errorReply(error, exchange));
    }
    return exchange;
  }

  private begin(exchange: RequestExchange, response: ServerResponse): void {
    this.refuseUnusable(exchange);
    const decision = this.cors.decide(exchange, this.clientOrigins);
    if (!(decision instanceof Promise)) {
      this.proceed(exchange, response, decision);
      return;
    }
    decision
      .then((decided) => {
        this.proceed(exchange, response, decided);
      })
      .catch((error: unknown) => {
        this.send(response, errorReply(error, exchange));
      });
  }

  /** @throws OAuthError for what no route could make sense of. */
  private refuseUnusable({ listener, path, rawQuery }: Exchange): void {
    const limit = this.config.current.limits.authorize_query;
    if (rawQuery.length > limit) throw tooLongQuery(limit);
    const fault = faultOfEncoded(path);
    if (fault) throw (listener === 'admin' ? badRequest : invalidRequest)(`The path cannot be read. ${fault}`);
  }

  private proceed(exchange: RequestExchange, response: ServerResponse, { headers, reply }: CorsDecision): void {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (reply) this.send(response, reply);
    else if (isHidden(exchange.listener, exchange.path)) this.send(response, notFoundReply(exchange));
    else this.route(exchange, response);
  }

  private route(exchange: RequestExchange, response: ServerResponse): void {
    const hot = this.routes.find(exchange);
    if (hot) this.serve(hot, exchange, response);
    else this.fallThrough(exchange, response);
  }

  private serve(route: HotRoute, exchange: RequestExchange, response: ServerResponse): void {
    exchange.route = route.path;
    const failed = (error: unknown): void => {
      this.send(response, errorReply(error, exchange));
    };
    const reply = route.endpoint(exchange);
    if (reply instanceof Promise) {
      reply
        .then((given) => {
          this.send(response, given);
        })
        .catch(failed);
    } else this.send(response, reply);
  }

  private fallThrough(exchange: RequestExchange, response: ServerResponse): void {
    const { request, path, rawQuery, listener } = exchange;
    const { limits } = this.config.current;
    request.url = rawQuery ? `${path}?${rawQuery}` : path;
    attachExchange(exchange);
    const limit = listener === 'admin' ? limits.admin_json : limits.form;
    Object.assign(request, { body: new JsonBody(exchange, limit) });
    this.express(request, response);
  }

  private send(response: ServerResponse, reply: Reply): void {
    if (response.headersSent || response.destroyed) return;
    const { status, headers = {}, body } = reply;
    try {
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      if (body !== undefined) response.setHeader('content-length', Buffer.byteLength(body));
      response.writeHead(status).end(body);
    } catch (error) {
      this.log.error({ message: 'A reply could not be sent.', error });
      response.destroy();
    }
  }
}

const unsent = (response: ServerResponse): number => response.socket?.writableLength ?? 0;

function tooLongQuery(limit: number): OAuthError {
  return new OAuthError('invalid_request', {
    status: 414,
    description: 'The query of the request is longer than this server accepts.',
    hint: `Send at most ${limit} bytes (limits.authorize_query), or send the parameters in the body of a POST.`,
  });
}
