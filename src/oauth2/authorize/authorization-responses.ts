/** Authorization responses, which are sent to the client's redirect URI (RFC 6749 §4.1.2, §4.2.2; RFC 9207; JARM). */
import { Injectable } from '@nestjs/common';
import type { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { shownParameters, toOAuthError } from '../../http/replies/error-reply.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import type { Reply } from '../../http/replies/reply.js';
import { direct } from '../../http/replies/fault-pages.js';
import { noStore } from '../../http/replies/replies.js';
import { OAuthError } from '../../protocol/oauth-error.js';
import { StaleClient } from '../issuance/authorized-access.js';
import { JwtResponses } from './jwt-responses.js';
import type { ResponseTarget } from './proven-request.js';
import { PushedRequests } from './pushed/pushed-requests.js';
import { UnusableRequestUri } from './pushed/unusable-request-uri.js';
import { writerOf } from './response-modes/index.js';
import type { ResponseParameters } from './response-modes/response-mode.js';

/** Writes a response whose way was prepared. */
type ResponseWriter = (parameters: ResponseParameters, cookies?: readonly string[]) => Promise<Reply>;

@Injectable()
export class AuthorizationResponses {
  constructor(
    private readonly config: ConfigHolder,
    private readonly pushed: PushedRequests,
    private readonly jwtResponses: JwtResponses,
  ) {}

  /**
   * Returns the reply of the step, or sends its error to the client. An unreachable store is shown to the browser as 503,
   * and too many open flows of an address as 429, because the browser can repeat the request later without the client.
   * @throws StaleClient from the step: the caller then repeats the checks with the current client
   * @throws UnusableRequestUri if another use of the same pushed request had its response, which is not sent to the client
   * @throws OAuthError if the response must be a JWT and none can be made, so that not even an error can be sent
   */
  async orError<T>(
    { client, target }: AddressedResponse,
    exchange: Exchange,
    step: () => Promise<T>,
  ): Promise<T | Reply> {
    try {
      return await step();
    } catch (error) {
      if (error instanceof StaleClient || error instanceof UnusableRequestUri) throw error;
      const known = toOAuthError(error, exchange);
      const isOutage = known.status === 503 && !(error instanceof OAuthError);
      if (isOutage || known.status === 429) return direct(known, exchange);
      const write = await this.prepare({ client, target });
      return write(shownParameters(known, exchange));
    }
  }

  /**
   * Must be called before a response is issued: finds what makes the response, and spends the pushed request, which has only
   * one. @throws UnusableRequestUri, and OAuthError if no key can sign or encrypt the response
   */
  async prepare({ client, target }: AddressedResponse): Promise<ResponseWriter> {
    const mode = writerOf(target.responseMode);
    const toJwt = mode.isJwt ? await this.jwtResponses.prepare(client) : undefined;
    if (target.pushed) await this.pushed.spend(target.pushed);
    return async (parameters, cookies = []) => {
      const all = this.complete(parameters, target);
      const reply = noStore(mode.write(target.redirectUri, toJwt ? { response: await toJwt(all) } : all));
      return cookies.length ? reply.withHeaders({ 'set-cookie': [...cookies] }) : reply;
    };
  }

  /**
   * The parameters with `state`, if the request had a non-empty one (RFC 6749 §3.1). `iss` tells a client of several servers
   * which server responds (RFC 9207 §2).
   */
  private complete(parameters: ResponseParameters, { state }: ResponseTarget): ResponseParameters {
    const all: ResponseParameters = { ...parameters, iss: this.config.current.urls.self.issuer };
    if (state !== '') all['state'] = state;
    return all;
  }
}

/** The target, and the client that the target belongs to. */
interface AddressedResponse {
  client: RegisteredClient;
  target: ResponseTarget;
}
