import { Injectable } from '@nestjs/common';
import type { Visit } from '../../clients/metadata-documents/document-pace.js';
import { carriedDocument } from '../../clients/metadata-documents/introduced-client.js';
import { MetadataDocuments } from '../../clients/metadata-documents/metadata-documents.service.js';
import type { RegisteredClient } from '../../clients/registered-client.js';
import { isUnderFapi } from '../../clients/security-profile/security-profile.js';
import type { Configuration } from '../../config/configuration.js';
import { ConfigHolder } from '../../config/config-holder.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import { parseParameters } from '../../http/exchange/declared-parameters.js';
import type { FormParams } from '../../http/exchange/form-params.js';
import { IdTokenHints } from '../../jwt/id-token-hints.js';
import {
  type AuthorizationRequest,
  readInteractionParameters,
  type ResponseMode,
} from '../../protocol/authorization-request.js';
import { AUTHORIZATION_PARAMETERS, type AuthorizationParameters } from './authorization-parameters.js';
import { requestedClaimsOf } from './checks/check-claims.js';
import { checkClient } from './checks/check-client.js';
import { checkRedirectUri, mayPushRedirectUri } from './checks/check-redirect-uri.js';
import { checkResponseMode } from './checks/check-response-mode.js';
import { askedDetails } from '../issuance/asked-details.js';
import { wantedAudience } from '../issuance/wanted-audience.js';
import { CHECKS, CLIENT_CHECKS, PUSH_CHECKS } from './checks/index.js';
import type { ResponseTarget, AskedOfClient, ProvenRequest } from './proven-request.js';
import { readParameters, type ReceivedRequest } from './read-parameters.js';
import { RequestObjects } from './request-objects.js';
import type { AskedResponseMode } from './response-modes/index.js';
import { defaultResponseMode } from './response-types/index.js';

/** Turns the request of a browser into a validated authorization request in three steps: read, prove, validate. */
@Injectable()
export class AuthorizationRequests {
  constructor(
    private readonly documents: MetadataDocuments,
    private readonly requestObjects: RequestObjects,
    private readonly hints: IdTokenHints,
    private readonly config: ConfigHolder,
  ) {}

  /** @throws OAuthError invalid_request if the request is unreadable, or larger than the limits allow */
  read(exchange: Exchange): Promise<ReceivedRequest> {
    return readParameters(exchange, this.config.current);
  }

  /**
   * Determines the client and the redirect URI of the response.
   * @throws OAuthError, which must not be sent to any address in the request (RFC 6749 §4.1.2.1)
   */
  async prove(sent: FormParams, visit: Visit): Promise<ProvenRequest> {
    const client = await checkClient(this.documents, sent, visit);
    const parameters = await this.effective(sent, client, visit.arrivedAt);
    const askedMode = checkResponseMode(parameters, this.config.current);
    const redirectUri = checkRedirectUri(client, parameters);
    return proven({ client, sent, parameters, askedMode, redirectUri }, this.config.current);
  }

  /** The same for a request that the authenticated client itself sends (RFC 9126 §2.1). @throws OAuthError */
  async provePushed(client: RegisteredClient, sent: FormParams, now: Date): Promise<ProvenRequest> {
    const parameters = await this.effective(sent, client, now, true);
    const { current } = this.config;
    const askedMode = checkResponseMode(parameters, current);
    const isAlsoAllowed = (uri: string) => mayPushRedirectUri(client, uri, current);
    const isRequired = isUnderFapi(client, current); // FAPI 2.0 Security Profile §5.3.2.2
    const redirectUri = checkRedirectUri(client, parameters, { isAlsoAllowed, isRequired });
    return { ...proven({ client, sent, parameters, askedMode, redirectUri }, current), isPushed: true };
  }

  private async effective(
    sent: FormParams,
    client: RegisteredClient,
    now: Date,
    isPushed = false,
  ): Promise<AuthorizationParameters> {
    return parseParameters(AUTHORIZATION_PARAMETERS, await this.requestObjects.apply(sent, client, now, isPushed));
  }

  /** Repeats the checks that depend on the client's registration. @throws OAuthError, which is sent to the client */
  validateAnew(asked: AskedOfClient): void {
    for (const check of CLIENT_CHECKS) check(asked, this.config.current);
  }

  /**
   * Runs all checks of the endpoint.
   * @throws OAuthError, which is sent to the client
   */
  async validate(asked: ProvenRequest, requestUrl: string, now: Date): Promise<AuthorizationRequest> {
    for (const check of asked.isPushed ? PUSH_CHECKS : CHECKS) check(asked, this.config.current);
    const { parameters, responseTypes } = asked;
    const { id_token_hint: hint } = parameters;
    const isCode = responseTypes.includes('code');
    return {
      ...readInteractionParameters((name) => parameters[name]),
      ...targetOf(asked),
      clientId: asked.client.clientId,
      clientDocument: carriedDocument(asked.client),
      responseTypes,
      redirectUriSent: asked.redirectUriSent,
      scope: asked.scope,
      audience: asked.audience,
      resources: asked.resources,
      authorizationDetails: askedDetails(parameters.authorization_details, this.config.current),
      nonce: parameters.nonce,
      requestedClaims: requestedClaimsOf(asked, this.config.current),
      idTokenHintClaims: hint === undefined ? undefined : await this.hints.read(hint, now),
      codeChallenge: isCode ? parameters.code_challenge : undefined,
      codeChallengeMethod: isCode ? parameters.code_challenge_method : undefined,
      dpopJkt: isCode && this.config.current.oauth2.dpop.enabled ? parameters.dpop_jkt : undefined,
      requestUrl,
    };
  }
}

function proven(
  given: Pick<ProvenRequest, 'client' | 'sent' | 'parameters' | 'askedMode' | 'redirectUri'>,
  configuration: Configuration,
): ProvenRequest {
  const { parameters } = given;
  return {
    ...given,
    isPushed: false,
    hasRequestObject: ['request', 'request_uri'].some((name) => given.sent.first(name) !== undefined),
    redirectUriSent: parameters.redirect_uri !== undefined,
    responseTypes: parameters.response_type,
    responseMode: responseModeOf(given.askedMode, parameters.response_type),
    scope: parameters.scope,
    ...wantedAudience(parameters, configuration),
    state: parameters.state ?? '',
  };
}

export function targetOf({ redirectUri, responseMode, state }: ProvenRequest): ResponseTarget {
  return { redirectUri, responseMode, state };
}

/**
 * The response mode of the request, else the default of its response type. The query is never used for a response type
 * that must not use it, not even for errors (RFC 6749 §4.2.2.1).
 */
function responseModeOf(asked: AskedResponseMode | undefined, responseTypes: readonly string[]): ResponseMode {
  const usual = defaultResponseMode(responseTypes);
  if (asked === 'jwt') return `${usual}.jwt`; // JARM §2.3.4
  return asked === undefined || asked === 'query' ? usual : asked;
}
