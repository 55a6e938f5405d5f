/**
 * What an endpoint sees of a request, and what it answers: free of Express, so that a hot route and a controller call
 * the same function. The listener makes one exchange for each request.
 */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { FormParams } from './form-params.js';

export interface Exchange {
  readonly listener: ListenerName;
  readonly method: string;
  /** Without query and trailing slash; on the admin listener with the `/admin` prefix. */
  readonly path: string;
  /** What stood behind the question mark, as sent. */
  readonly rawQuery: string;
  readonly headers: IncomingHttpHeaders;
  readonly requestId: string;
  /** When the head of the request had arrived: decides between race and replay. */
  readonly arrivedAt: Date;
  /** Of the client; behind trusted proxies the one that they name. */
  readonly remoteAddress: string;
  readonly request: IncomingMessage;
  /** Whether answers tell the cause of an error (`oauth2.expose_internal_errors`). */
  readonly exposeInternalErrors?: boolean;
  /**
   * The query, parsed; the first of repeated values counts.
   * @throws OAuthError invalid_request (400) where it holds bytes that are no UTF-8, or a NUL character.
   */
  query(): FormParams;
  /**
   * The form of the body, urlencoded or multipart; read once, then remembered.
   * @throws OAuthError invalid_request (400) where the body is empty or no form, 413 where it is over `limits.form`.
   */
  form(): Promise<FormParams>;
  /** The body as text, at most `limit` bytes. @throws OAuthError 413, and invalid_request (400) where it is no UTF-8. */
  text(limit: number): Promise<string>;
}

export type ListenerName = 'public' | 'admin';

export interface Reply {
  status: number;
  /** Names in lower case. */
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
}

export type Endpoint = (exchange: Exchange) => Reply | Promise<Reply>;

/** A route that the listener serves ahead of Express. It calls the same endpoint as its controller. */
export interface HotRoute {
  listener: ListenerName;
  /** `GET` serves HEAD too. */
  method: string;
  /** May end in `/{param}`, which stands for one segment: the endpoint takes it from the path of the exchange. */
  path: string;
  /** Label of metrics and traces. */
  name: string;
  endpoint: Endpoint;
}

/** Provider token of the hand-written list of hot routes. */
export const HOT_ROUTES = Symbol('HOT_ROUTES');
