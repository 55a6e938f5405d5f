import { Injectable } from '@nestjs/common';
import { ClientsService } from '../../clients/clients.service.js';
import { ConfigHolder } from '../../config/config-holder.js';
import type { Exchange } from '../../http/exchange.js';
import type { FormParams } from '../../http/form-params.js';
import { parseAudience } from '../../protocol/audience.js';
import { type AuthorizationRequest, readWishes } from '../../protocol/authorization-request.js';
import { splitWords } from '../../protocol/scope.js';
import { checkClient } from './checks/check-client.js';
import { checkRedirectUri } from './checks/check-redirect-uri.js';
import { checkResponseMode } from './checks/check-response-mode.js';
import { CHECKS, CLIENT_CHECKS } from './checks/index.js';
import { IdTokenHints } from './id-token-hints.js';
import type { AnswerTarget, AskedOfClient, ProvenRequest } from './proven-request.js';
import { readParameters, type Visit } from './read-parameters.js';
import { RequestObjects } from './request-objects.js';
import { defaultResponseMode, parseResponseType } from './response-types/index.js';

/** From what a browser brings to a validated authorization request: read, prove, validate. */
@Injectable()
export class AuthorizationRequests {
  constructor(
    private readonly clients: ClientsService,
    private readonly requestObjects: RequestObjects,
    private readonly hints: IdTokenHints,
    private readonly config: ConfigHolder,
  ) {}

  /** @throws OAuthError invalid_request: unreadable, or more than the limits allow */
  read(exchange: Exchange): Promise<Visit> {
    return readParameters(exchange, this.config.current);
  }

  /**
   * Who asks, and where the answer may go.
   * @throws OAuthError, which must not be sent to any address of the request (RFC 6749 §4.1.2.1)
   */
  async prove(sent: FormParams, now: Date): Promise<ProvenRequest> {
    const client = await checkClient(this.clients, sent);
    const parameters = await this.requestObjects.apply(sent, client, now);
    const askedMode = checkResponseMode(parameters);
    const redirectUri = checkRedirectUri(client, parameters);
    return {
      client,
      parameters,
      redirectUri,
      redirectUriSent: parameters.first('redirect_uri') !== undefined,
      askedMode,
      responseTypes: parseResponseType(parameters.first('response_type')),
      scope: splitWords(parameters.first('scope')),
      audience: parseAudience(parameters.all('audience')),
      state: parameters.first('state') ?? '',
    };
  }

  /** Whether the client may still ask it, as it is registered now. @throws OAuthError, which goes to the client */
  validateAnew(asked: AskedOfClient): void {
    for (const check of CLIENT_CHECKS) check(asked, this.config.current);
  }

  /**
   * Whether it may be asked.
   * @throws OAuthError, which goes to the client
   */
  async validate(asked: ProvenRequest, requestUrl: string): Promise<AuthorizationRequest> {
    for (const check of CHECKS) check(asked, this.config.current);
    const { parameters, responseTypes } = asked;
    const hint = parameters.first('id_token_hint');
    const isCode = responseTypes.includes('code');
    return {
      ...readWishes((name) => parameters.first(name)),
      ...targetOf(asked),
      clientId: asked.client.clientId,
      responseTypes,
      redirectUriSent: asked.redirectUriSent,
      scope: asked.scope,
      audience: asked.audience,
      nonce: parameters.first('nonce'),
      idTokenHintClaims: hint === undefined ? undefined : await this.hints.claims(hint),
      codeChallenge: isCode ? parameters.first('code_challenge') : undefined,
      codeChallengeMethod: isCode ? parameters.first('code_challenge_method') : undefined,
      requestUrl,
    };
  }
}

/**
 * The mode that the request asks for, else the default of its response type; a query never carries the answer of a
 * response type that must not use it, errors among it (RFC 6749 §4.2.2.1).
 */
export function targetOf({ redirectUri, askedMode, responseTypes, state }: ProvenRequest): AnswerTarget {
  const usual = defaultResponseMode(responseTypes);
  const responseMode = askedMode === undefined || askedMode === 'query' ? usual : askedMode;
  return { redirectUri, responseMode, state };
}
