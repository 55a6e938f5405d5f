/**
 * What the program knows of traces: a span around a request, and one around each statement and each outbound call within
 * it. Whoever does the work is handed a tracer or none; without one nothing is loaded and nothing costs.
 */
import type { IncomingHttpHeaders } from 'node:http';

/** How a request ended. */
export interface TracedEnd {
  /** Pattern of its route; empty where none was found. */
  route: string;
  status: number;
}

export interface RequestTrace {
  /** 32 hexadecimal digits, for the log. */
  readonly traceId: string;
  /** Does the work of the request: spans that begin in it, at once or later, are its children. */
  within<Result>(work: () => Result): Result;
  end(end: TracedEnd): void;
}

export interface TracedRequest {
  listener: string;
  method: string;
  headers: IncomingHttpHeaders;
}

export interface StatementTracer {
  /** @param name of the statement; its values are nobody's business */
  statement<Result>(name: string, work: () => Promise<Result>): Promise<Result>;
}

export interface CallTracer {
  /** @param work is given the headers that tell the other server of the trace */
  call<Result extends { status: number }>(
    target: { method: string; host: string },
    work: (headers: Record<string, string>) => Promise<Result>,
  ): Promise<Result>;
}

export interface RequestTracer {
  request(request: TracedRequest): RequestTrace;
}

export interface Tracer extends RequestTracer, StatementTracer, CallTracer {
  /** Sends what has not been sent yet. */
  close(): Promise<void>;
}
