/** The exchange of one request. Every expensive part is computed on demand. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { randomUUID } from 'node:crypto';
import type { Configuration } from '../../config/configuration.js';
import { invalidRequest } from '../../protocol/oauth-error.js';
import { clientCertificate } from '../client-certificate/client-certificate.js';
import { clientAddress } from './client-address.js';
import { faultOfEncoded } from './encoded-text.js';
import type { Exchange, ListenerName } from './exchange.js';
import { FormParams } from './form-params.js';
import { readBytes, utf8Text } from './request-body.js';
import { parseForm } from './request-form.js';
import { normalisePath, splitTarget } from '../listener/routes/request-path.js';
import { wellKnownPath } from '../listener/routes/well-known-path.js';
import { RequestTiming } from './request-timing.js';

/** The characters of a client's request id that are safe in a log line and a header. */
const SAFE_REQUEST_ID = /^[A-Za-z0-9._:+/=@-]{1,128}$/;

/** Answers to GET are not cacheable by default: a cacheable one sets its own header. */
const NEVER_CACHE = 'private, no-cache, no-store, must-revalidate';

export class RequestExchange implements Exchange {
  readonly method: string;
  readonly path: string;
  readonly rawQuery: string;
  readonly headers: IncomingHttpHeaders;
  readonly requestId: string;
  readonly timing: RequestTiming;
  readonly remoteAddress: string;
  /** The pattern of the hot route that serves the request, for metrics. */
  route?: string;
  /** Headers of every answer to this request; a reply's own headers of the same name win. Names are lower case. */
  readonly answerHeaders: Record<string, string | string[]>;
  private presented?: { certificate: ReturnType<Exchange['certificate']> };
  private parsedQuery?: FormParams;
  private bytes?: Promise<Buffer>;
  private parsedForm?: Promise<FormParams>;

  constructor(
    readonly listener: ListenerName,
    readonly request: IncomingMessage,
    private readonly configuration: Configuration,
  ) {
    this.timing = new RequestTiming(request.socket);
    const { path, rawQuery } = splitTarget(request.url ?? '/');
    this.method = request.method ?? 'GET';
    const bare = normalisePath(listener, path);
    this.path = listener === 'public' ? wellKnownPath(bare, configuration) : bare;
    this.rawQuery = rawQuery;
    this.headers = request.headers;
    this.requestId = requestIdOf(request.headers['x-request-id']);
    this.remoteAddress = clientAddress(request, configuration.serve[listener].trusted_proxies);
    this.answerHeaders = { 'x-request-id': this.requestId, 'x-content-type-options': 'nosniff' };
    if (this.method === 'GET' || this.method === 'HEAD') this.answerHeaders['cache-control'] = NEVER_CACHE;
  }

  get arrivedAt(): Date {
    return this.timing.arrivedAt;
  }

  get exposeInternalErrors(): boolean {
    return this.configuration.oauth2.expose_internal_errors;
  }

  query(): FormParams {
    this.parsedQuery ??= parseQuery(this.rawQuery);
    return this.parsedQuery;
  }

  certificate(): ReturnType<Exchange['certificate']> {
    this.presented ??= { certificate: clientCertificate(this, this.configuration) };
    return this.presented.certificate;
  }

  form(): Promise<FormParams> {
    this.parsedForm ??= this.readForm();
    return this.parsedForm;
  }

  async text(limit: number): Promise<string> {
    return utf8Text(await this.body(limit));
  }

  private async readForm(): Promise<FormParams> {
    return parseForm(this.headers['content-type'], await this.body(this.configuration.limits.form));
  }

  private body(limit: number): Promise<Buffer> {
    this.bytes ??= this.readBody(limit);
    return this.bytes;
  }

  /** A body that was complete before its first read arrived together with the head. */
  private async readBody(limit: number): Promise<Buffer> {
    const isHere = this.request.complete;
    const bytes = await readBytes(this.request, limit);
    if (!isHere) this.timing.bodyArrived();
    return bytes;
  }
}

function requestIdOf(sent: string | string[] | undefined): string {
  return typeof sent === 'string' && SAFE_REQUEST_ID.test(sent) ? sent : randomUUID();
}

function parseQuery(rawQuery: string): FormParams {
  const fault = faultOfEncoded(rawQuery);
  if (fault) throw invalidRequest(`The query of the request cannot be read. ${fault}`);
  return FormParams.parse(rawQuery);
}
