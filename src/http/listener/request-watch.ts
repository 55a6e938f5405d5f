/** Follows requests to their end: notifies the observers, and knows the pending answers. */
import type { ServerResponse } from 'node:http';
import { Logger } from '@nestjs/common';
import type { RequestTrace } from '../../observability/tracing/tracer.js';
import type { CompletedRequest, RequestObserver } from './request-observer.js';
import type { RequestExchange } from '../exchange/request-exchange.js';

interface Watched {
  exchange: RequestExchange;
  response: ServerResponse;
  /** In milliseconds of `performance.now()`. */
  startedAt: number;
  /** Set where the request is traced. */
  trace?: RequestTrace;
}

/** The client disconnected before the answer (a status of nginx, which logs and dashboards know). */
const CLIENT_CLOSED_REQUEST = 499;

export class RequestWatch {
  private readonly log = new Logger('http');
  private readonly observers: RequestObserver[] = [];
  /** The pending answers. */
  readonly inFlight = new Set<ServerResponse>();

  observe(observer: RequestObserver): void {
    this.observers.push(observer);
  }

  begin(watched: Watched): void {
    const { response } = watched;
    this.inFlight.add(response);
    response.on('close', () => {
      this.inFlight.delete(response);
      this.end(watched);
    });
  }

  /** Pending answers tell their client to close the connection. */
  closeAfterAnswers(): void {
    for (const response of this.inFlight) response.shouldKeepAlive = false;
  }

  private end(watched: Watched): void {
    const completed = describe(watched);
    watched.trace?.end(completed);
    for (const observer of this.observers) {
      try {
        observer.completed(completed);
      } catch (error) {
        this.log.error({ message: 'An observer of requests failed.', error });
      }
    }
  }
}

function describe({ exchange, response, startedAt, trace }: Watched): CompletedRequest {
  const { listener, method, path, requestId, remoteAddress, rawQuery, headers } = exchange;
  return {
    listener,
    method,
    path,
    route: routeOf(exchange),
    status: response.writableFinished ? response.statusCode : CLIENT_CLOSED_REQUEST,
    durationMs: performance.now() - startedAt,
    requestId,
    traceId: trace?.traceId,
    remoteAddress,
    rawQuery,
    requestBytes: Number(headers['content-length'] ?? 0),
    responseBytes: Number(exchange.answerHeaders['content-length'] ?? response.getHeader('content-length') ?? 0),
  };
}

/** Express leaves the pattern on the request, with `:name` for a placeholder; without a route there is none. */
function routeOf({ route, request }: RequestExchange): string {
  const { route: found } = request as { route?: { path?: unknown } };
  const pattern = route ?? found?.path;
  return typeof pattern === 'string' ? pattern.replace(/:[^/]+/g, '{param}') : '';
}
