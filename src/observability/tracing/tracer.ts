/**
 * The interface of tracing: a span around a request, and one around each statement and each outbound call within it. Callers
 * get a tracer or undefined; without a tracer nothing is loaded and nothing costs time.
 */
import type { IncomingHttpHeaders } from 'node:http';

/** The outcome of a request. */
interface TracedEnd {
  /** The pattern of its route; empty where none was found. */
  route: string;
  status: number;
}

export interface RequestTrace {
  /** 32 hexadecimal digits, for the log. */
  readonly traceId: string;
  /** Runs the work of the request: spans that begin in it, at once or later, are its children. */
  within<Result>(work: () => Result): Result;
  end(end: TracedEnd): void;
}

export interface TracedRequest {
  listener: string;
  method: string;
  headers: IncomingHttpHeaders;
}

interface StatementTracer {
  /** @param name of the statement; its values are never recorded */
  statement<Result>(name: string, work: () => Promise<Result>): Promise<Result>;
}

interface CallTracer {
  /** @param work gets the headers that pass the trace to the other server */
  call<Result extends { status: number }>(
    target: { method: string; host: string },
    work: (headers: Record<string, string>) => Promise<Result>,
  ): Promise<Result>;
}

export interface RequestTracer {
  request(request: TracedRequest): RequestTrace;
}

export interface Tracer extends RequestTracer, StatementTracer, CallTracer {
  /** Sends the spans that have not been sent yet. */
  close(): Promise<void>;
}
