/** The exchange of one request: everything that costs is made when it is asked for. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { randomUUID } from 'node:crypto';
import type { Configuration } from '../config/configuration.js';
import { invalidRequest } from '../protocol/oauth-error.js';
import { clientAddress } from './client-address.js';
import { faultOfEncoded } from './encoded-text.js';
import type { Exchange, ListenerName } from './exchange.js';
import { FormParams } from './form-params.js';
import { readBytes, utf8Text } from './request-body.js';
import { parseForm } from './request-form.js';
import { normalisePath, splitTarget } from './request-path.js';

/** What a client may choose as request id without breaking a log line or a header. */
const SAFE_REQUEST_ID = /^[A-Za-z0-9._:+/=@-]{1,128}$/;

/** No answer to GET is to be cached: what may be says so itself. */
const NEVER_CACHE = 'private, no-cache, no-store, must-revalidate';

export class RequestExchange implements Exchange {
  readonly method: string;
  readonly path: string;
  readonly rawQuery: string;
  readonly headers: IncomingHttpHeaders;
  readonly requestId: string;
  readonly arrivedAt = new Date();
  readonly remoteAddress: string;
  /** Pattern of the hot route that serves it, for metrics. */
  route?: string;
  /** Headers of the answer, whoever gives it; a reply's own of the same name win. Names are lower case. */
  readonly answerHeaders: Record<string, string | string[]>;
  private parsedQuery?: FormParams;
  private bytes?: Promise<Buffer>;
  private parsedForm?: Promise<FormParams>;

  constructor(
    readonly listener: ListenerName,
    readonly request: IncomingMessage,
    private readonly configuration: Configuration,
  ) {
    const { path, rawQuery } = splitTarget(request.url ?? '/');
    this.method = request.method ?? 'GET';
    this.path = normalisePath(listener, path);
    this.rawQuery = rawQuery;
    this.headers = request.headers;
    this.requestId = requestIdOf(request.headers['x-request-id']);
    this.remoteAddress = clientAddress(request, configuration.serve[listener].trusted_proxies);
    this.answerHeaders = { 'x-request-id': this.requestId, 'x-content-type-options': 'nosniff' };
    if (this.method === 'GET' || this.method === 'HEAD') this.answerHeaders['cache-control'] = NEVER_CACHE;
  }

  get exposeInternalErrors(): boolean {
    return this.configuration.oauth2.expose_internal_errors;
  }

  query(): FormParams {
    this.parsedQuery ??= parseQuery(this.rawQuery);
    return this.parsedQuery;
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
    this.bytes ??= readBytes(this.request, limit);
    return this.bytes;
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
