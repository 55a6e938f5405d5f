/**
 * The view of a request that endpoints get, and the reply they give. It does not depend on Express, so that a hot route and a
 * controller call the same function. The listener makes one exchange for each request.
 */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { FormParams } from './form-params.js';
import type { PresentedCertificate } from '../client-certificate/presented-certificate.js';
import type { Reply } from '../replies/reply.js';
import type { RequestTiming } from './request-timing.js';

export interface Exchange {
  readonly listener: ListenerName;
  readonly method: string;
  /** The path without query and trailing slash; on the admin listener with the `/admin` prefix. */
  readonly path: string;
  /** The text behind the question mark, as sent. */
  readonly rawQuery: string;
  readonly headers: IncomingHttpHeaders;
  readonly requestId: string;
  /** When the request was complete: its head, and its body where that has been read. Expiry is judged by this time. */
  readonly arrivedAt: Date;
  /** The times of request and answer on a monotonic clock, which distinguish a race from a replay. */
  readonly timing: RequestTiming;
  /** The address of the client; behind trusted proxies the one that they name. */
  readonly remoteAddress: string;
  readonly request: IncomingMessage;
  /** Whether answers contain the cause of an error (`oauth2.expose_internal_errors`). */
  readonly exposeInternalErrors?: boolean;
  /**
   * The parsed query.
   * @throws OAuthError invalid_request (400) where it holds bytes that are not UTF-8, or a NUL character.
   */
  query(): FormParams;
  /**
   * The form of the body, urlencoded or multipart. It is read once and then remembered.
   * @throws OAuthError invalid_request (400) where the body is empty or not a form, 413 where it is over `limits.form`.
   */
  form(): Promise<FormParams>;
  /**
   * The certificate of the client (RFC 8705); undefined without one, and while mutual TLS is off. `unreadable`: the header of a
   * trusted proxy holds something else.
   */
  certificate(): PresentedCertificate | 'unreadable' | undefined;
  /** The body as text, at most `limit` bytes. @throws OAuthError 413, and invalid_request (400) where it is not UTF-8. */
  text(limit: number): Promise<string>;
}

/** `mtls` asks clients for a certificate and serves the endpoints that they call themselves (RFC 8705). */
export type ListenerName = 'public' | 'admin' | 'mtls';

type Endpoint = (exchange: Exchange) => Reply | Promise<Reply>;

/** A route that the listener serves ahead of Express by calling the method of a controller. */
export interface HotRoute {
  listener: ListenerName;
  /** `GET` includes HEAD. */
  method: string;
  /** Also the label of metrics. It may end in `/{param}`, which stands for one segment. */
  path: string;
  endpoint: Endpoint;
}
