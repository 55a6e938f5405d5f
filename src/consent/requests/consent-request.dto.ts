import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { OAuth2ClientDto } from '../../clients/client.dto.js';
import { clientDocument } from '../../clients/client.mapper.js';
import { RegisteredClient } from '../../clients/registered-client.js';
import { ANY_JSON } from '../../http/replies/any-json.js';
import { AUTHORIZATION_DETAILS } from '../../http/replies/authorization-details.js';
import type { AuthorizationDetail } from '../../protocol/authorization-details.js';
import type { JsonValue } from '../../protocol/json.js';
import { hexOf } from '../../protocol/uuid.js';
import type { AcceptedLogin, Flow } from '../flow/flow.js';
import { openIdContextOf } from '../flow/open-id-context.js';
import { OpenIdContextDto } from './open-id-context.dto.js';

/** A consent request as the consent app reads it; in a consent session the request that led to it. */
@ApiSchema({ name: 'oAuth2ConsentRequest' })
export class OAuth2ConsentRequestDto {
  /** The `acr` of the login; empty if the login app sent none. */
  @ApiPropertyOptional()
  acr?: string;

  /** The `amr` of the login. */
  @ApiPropertyOptional({ type: [String] })
  amr?: string[];

  /** What the client asks for in detail, as it asked (RFC 9396); absent if it asked for nothing so. */
  @ApiPropertyOptional(AUTHORIZATION_DETAILS)
  authorization_details?: AuthorizationDetail[];

  /** The challenge of this request; empty in a consent session. */
  @ApiProperty()
  challenge: string;

  /** The client, without its secret. */
  @ApiPropertyOptional({ type: OAuth2ClientDto })
  client?: OAuth2ClientDto;

  /** The request id of all tokens issued for this consent; send it to revoke them. */
  @ApiPropertyOptional()
  consent_request_id?: string;

  /** The context that the login app passed on; null: none. */
  @ApiPropertyOptional(ANY_JSON)
  context?: JsonValue;

  /** The challenge of the login of this request; empty in a consent session. */
  @ApiPropertyOptional()
  login_challenge?: string;

  /** Id of the login session: the `sid` of ID tokens. */
  @ApiPropertyOptional()
  login_session_id?: string;

  @ApiPropertyOptional({ type: OpenIdContextDto })
  oidc_context?: OpenIdContextDto;

  /** The URL that the browser requested. */
  @ApiPropertyOptional()
  request_url?: string;

  /** The claims that the client asks for, if the server supports `claims` (OpenID Connect Core §5.5). An addition to Hydra. */
  @ApiPropertyOptional(ANY_JSON)
  requested_claims?: object;

  /** The audiences that the client asks for: those of the parameter `audience`. */
  @ApiPropertyOptional({ type: [String] })
  requested_access_token_audience?: string[];

  /** The scopes that the client asks for. The app decides which of them it grants. */
  @ApiPropertyOptional({ type: [String] })
  requested_scope?: string[];

  /** The person has consented to this request before: do not ask again. */
  @ApiPropertyOptional()
  skip?: boolean;

  /** The subject who is logged in. */
  @ApiPropertyOptional()
  subject?: string;
}

export function consentRequestDocument(
  handles: { challenge: string; loginChallenge: string },
  flow: Flow,
  client: RegisteredClient,
): OAuth2ConsentRequestDto {
  const { request, login, loginAnswer, consent } = flow;
  const { acr, amr, context } = loginAnswer?.kind === 'accepted' ? loginAnswer : NO_LOGIN_DATA;
  return {
    challenge: handles.challenge,
    consent_request_id: hexOf(flow.consentId),
    requested_scope: request.scope,
    requested_access_token_audience: request.audience,
    skip: consent?.skip ?? false,
    subject: consent?.subject ?? '',
    oidc_context: openIdContextOf(request),
    client: clientDocument(client),
    request_url: request.requestUrl,
    login_challenge: handles.loginChallenge,
    login_session_id: login.sessionId,
    requested_claims: request.requestedClaims,
    acr: consent?.acr ?? acr,
    amr: consent?.amr ?? amr,
    context,
    authorization_details: request.authorizationDetails,
  };
}

const NO_LOGIN_DATA: Pick<AcceptedLogin, 'acr' | 'amr' | 'context'> = { acr: '', amr: [], context: null };
