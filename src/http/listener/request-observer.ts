import type { ListenerName } from '../exchange/exchange.js';

/** The facts about a completed request. It holds nothing secret: the query is not in it. */
export interface CompletedRequest {
  listener: ListenerName;
  method: string;
  /** The path without the query. */
  path: string;
  /** The pattern of the route with placeholders written `{param}`; empty where no route was found. */
  route: string;
  status: number;
  durationMs: number;
  requestId: string;
  /** Set where the request is traced. */
  traceId?: string;
  remoteAddress: string;
  /** The query as sent, for the log, which hides it unless the operator configured otherwise. */
  rawQuery: string;
  /** The sizes of the bodies by Content-Length, in bytes; 0 without that header. */
  requestBytes: number;
  responseBytes: number;
}

/** Called for every request after its answer: request log, metrics. It must be quick; an error it throws is only logged. */
export interface RequestObserver {
  completed(request: CompletedRequest): void;
}
