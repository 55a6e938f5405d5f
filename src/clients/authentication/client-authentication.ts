/**
 * Client authentication at the endpoints that a client calls itself (RFC 6749 §2.3, §3.2.1): reads what the request
 * brings, and lets the one method that it uses decide.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { Exchange } from '../../http/exchange.js';
import { FormParams } from '../../http/form-params.js';
import { invalidClient, OAuthError } from '../../protocol/oauth-error.js';
import { RegisteredClient } from '../registered-client.js';
import { RequestPace } from '../request-pace.js';
import type { AuthenticationMethod } from './authentication-method.js';
import { METHOD_LIST } from './methods.js';
import { readCredentials } from './presented-credentials.js';

const CHALLENGE = { 'WWW-Authenticate': 'Basic realm="ostiary"' };

@Injectable()
export class ClientAuthentication {
  /** Requests that were counted: one that is judged anew, because its client changed meanwhile, counts once. */
  private readonly counted = new WeakSet<Exchange>();

  constructor(
    @Inject(METHOD_LIST) private readonly methods: readonly AuthenticationMethod[],
    private readonly pace: RequestPace,
  ) {}

  /**
   * The client that proved itself.
   * @throws OAuthError invalid_client (401), invalid_request (400), jti_known (400), temporarily_unavailable (429, 503)
   */
  async authenticate(exchange: Exchange, form: FormParams): Promise<RegisteredClient> {
    const { authorization } = exchange.headers;
    try {
      const credentials = readCredentials(authorization, form);
      const [method, ...others] = this.methods.filter((one) => one.isPresented(credentials));
      // RFC 6749 §2.3: a client must not use more than one method in each request.
      if (!method || others.length) throw invalidClient('Use exactly one method of client authentication.');
      const client = await method.authenticate(credentials, new Date());
      if (!this.counted.has(exchange)) await this.pace.byClient(exchange, client.clientId);
      this.counted.add(exchange);
      return client;
    } catch (error) {
      throw usesBasic(authorization) ? challenged(error) : error;
    }
  }
}

/** RFC 6749 §5.2: who tried the Authorization header is told its scheme. */
function challenged(error: unknown): unknown {
  return error instanceof OAuthError && error.status === 401 ? error.withHeaders(CHALLENGE) : error;
}

function usesBasic(authorization: string | undefined): boolean {
  return /^\s*basic\b/i.test(authorization ?? '');
}
