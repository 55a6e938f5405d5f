/** Authorization responses, which are sent to the client's redirect URI (RFC 6749 §4.1.2, §4.2.2; RFC 9207). */
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { shownParameters, toOAuthError } from '../../http/replies/error-reply.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import type { Reply } from '../../http/replies/reply.js';
import { direct } from '../../http/replies/fault-pages.js';
import { noStore } from '../../http/replies/replies.js';
import { OAuthError } from '../../protocol/oauth-error.js';
import { StaleClient } from '../issuance/authorized-access.js';
import type { ResponseTarget } from './proven-request.js';
import { PushedRequests } from './pushed/pushed-requests.js';
import { UnusableRequestUri } from './pushed/unusable-request-uri.js';
import { writerOf } from './response-modes/index.js';
import type { ResponseParameters } from './response-modes/response-mode.js';

@Injectable()
export class AuthorizationResponses {
  constructor(
    private readonly config: ConfigHolder,
    private readonly pushed: PushedRequests,
  ) {}

  /**
   * Returns the reply of the step, or sends its error to the client. An unreachable store is shown to the browser as 503,
   * and too many open flows of an address as 429, because the browser can repeat the request later without the client.
   * @throws StaleClient from the step: the caller then repeats the checks with the current client
   * @throws UnusableRequestUri if another use of the same pushed request had its response, which is not sent to the client
   */
  async orError<T>(target: ResponseTarget, exchange: Exchange, step: () => Promise<T>): Promise<T | Reply> {
    try {
      return await step();
    } catch (error) {
      if (error instanceof StaleClient || error instanceof UnusableRequestUri) throw error;
      const known = toOAuthError(error, exchange);
      const isOutage = known.status === 503 && !(error instanceof OAuthError);
      if (isOutage || known.status === 429) return direct(known, exchange);
      await this.claim(target);
      return this.write(target, shownParameters(known, exchange));
    }
  }

  /** Must be called before a response is issued: a pushed request has only one. @throws UnusableRequestUri */
  async claim({ pushed }: Pick<ResponseTarget, 'pushed'>): Promise<void> {
    if (pushed) await this.pushed.spend(pushed);
  }

  /**
   * Writes the response, with `state` if the request had a non-empty one (RFC 6749 §3.1). `iss` tells a client of several
   * servers which server responds (RFC 9207 §2).
   */
  write(target: ResponseTarget, parameters: ResponseParameters, cookies: readonly string[] = []): Reply {
    const all: ResponseParameters = { ...parameters, iss: this.config.current.urls.self.issuer };
    if (target.state !== '') all['state'] = target.state;
    const reply = noStore(writerOf(target.responseMode).write(target.redirectUri, all));
    return cookies.length ? reply.withHeaders({ 'set-cookie': [...cookies] }) : reply;
  }
}
