import type { ListenerName } from './exchange.js';

/** What is known of a request once it is over. Nothing secret: the query is not in it. */
export interface CompletedRequest {
  listener: ListenerName;
  method: string;
  /** Without query. */
  path: string;
  /** Pattern of the route, its placeholders written `{param}`; empty where no route was found. */
  route: string;
  status: number;
  durationMs: number;
  requestId: string;
  /** Where the request is traced. */
  traceId?: string;
  remoteAddress: string;
  /** As sent; for the log, which leaks it only where the operator wants. */
  rawQuery: string;
  /** Bodies as announced by Content-Length, in bytes; 0 where nothing was announced. */
  requestBytes: number;
  responseBytes: number;
}

/** Told of every request after its answer: log lines, metrics. Must be quick; what it throws is logged and forgotten. */
export interface RequestObserver {
  completed(request: CompletedRequest): void;
}
