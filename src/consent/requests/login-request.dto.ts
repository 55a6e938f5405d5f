import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { OAuth2ClientDto } from '../../clients/client.dto.js';
import { clientDocument } from '../../clients/client.mapper.js';
import { RegisteredClient } from '../../clients/registered-client.js';
import { AUTHORIZATION_DETAILS } from '../../http/replies/authorization-details.js';
import type { AuthorizationDetail } from '../../protocol/authorization-details.js';
import { ANY_JSON } from '../../http/replies/any-json.js';
import type { Flow } from '../flow/flow.js';
import { openIdContextOf } from '../flow/open-id-context.js';
import { OpenIdContextDto } from './open-id-context.dto.js';

/** A login request as the login app reads it. */
@ApiSchema({ name: 'oAuth2LoginRequest' })
export class OAuth2LoginRequestDto {
  /** The challenge of this request. */
  @ApiProperty()
  challenge: string;

  /** The client, without its secret. */
  @ApiProperty({ type: OAuth2ClientDto })
  client: OAuth2ClientDto;

  /** What the client asks for in detail, as it asked (RFC 9396); absent if it asked for nothing so. */
  @ApiPropertyOptional(AUTHORIZATION_DETAILS)
  authorization_details?: AuthorizationDetail[];

  @ApiPropertyOptional({ type: OpenIdContextDto })
  oidc_context?: OpenIdContextDto;

  /**
   * Without `skip`: the subject who is logged in, but not in the way or as recently as the request asks (RFC 9470). Sent only
   * if the server is configured for it. An addition to Hydra.
   */
  @ApiPropertyOptional()
  known_subject?: string;

  /** The claims that the client asks for, if the server supports `claims` (OpenID Connect Core §5.5). An addition to Hydra. */
  @ApiPropertyOptional(ANY_JSON)
  requested_claims?: object;

  /** The URL that the browser requested. */
  @ApiProperty()
  request_url: string;

  /** The audiences that the client asks for: those of the parameter `audience`. */
  @ApiPropertyOptional({ type: [String] })
  requested_access_token_audience?: string[];

  /** The scopes that the client asks for. The app decides which of them it grants. */
  @ApiPropertyOptional({ type: [String] })
  requested_scope?: string[];

  /** Id of the login session: the `sid` of ID tokens. */
  @ApiPropertyOptional()
  session_id?: string;

  /** The person is logged in: accept with the same subject, without asking. */
  @ApiProperty()
  skip: boolean;

  /** The subject who is logged in; empty without `skip`. */
  @ApiProperty()
  subject: string;
}

export function loginRequestDocument(challenge: string, flow: Flow, client: RegisteredClient): OAuth2LoginRequestDto {
  const { request, login } = flow;
  return {
    challenge,
    requested_scope: request.scope,
    requested_access_token_audience: request.audience,
    skip: login.skip,
    subject: login.subject,
    oidc_context: openIdContextOf(request),
    client: clientDocument(client),
    request_url: request.requestUrl,
    session_id: login.sessionId,
    authorization_details: request.authorizationDetails,
    known_subject: login.knownSubject,
    requested_claims: request.requestedClaims,
  };
}
