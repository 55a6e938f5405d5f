import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { OAuth2ClientDto } from '../../clients/client.dto.js';
import { clientDocument } from '../../clients/client.mapper.js';
import type { RegisteredClient } from '../../clients/registered-client.js';
import { ANY_JSON } from '../../http/replies/any-json.js';
import { AUTHORIZATION_DETAILS } from '../../http/replies/authorization-details.js';
import type { AuthorizationDetail } from '../../protocol/authorization-details.js';
import type { CibaRecord } from './ciba-requests.js';

/**
 * A backchannel authentication request (CIBA Core 1.0) as the operator's app gets it, from the hook and from the API. It holds
 * exactly one of `login_hint`, `id_token_hint_claims` and `login_hint_token`.
 */
@ApiSchema({ name: 'oAuth2CibaRequest' })
export class OAuth2CibaRequestDto {
  /** The challenge of this request. */
  @ApiProperty()
  challenge: string;

  /** The client, without its secret. */
  @ApiProperty({ type: OAuth2ClientDto })
  client: OAuth2ClientDto;

  @ApiProperty({ type: [String] })
  requested_scope: string[];

  @ApiProperty({ type: [String] })
  requested_access_token_audience: string[];

  /** Whom the client asks for, in its own words: a name, an address, a number. */
  @ApiPropertyOptional()
  login_hint?: string;

  /** The claims of an ID token that this server issued to the client. */
  @ApiPropertyOptional(ANY_JSON)
  id_token_hint_claims?: object;

  /** A token that names the person. This server has not verified it. */
  @ApiPropertyOptional()
  login_hint_token?: string;

  /** The only subject that may accept, if the hook named one. */
  @ApiPropertyOptional()
  subject?: string;

  /** Show it to the person, who sees the same where the request began. At most 128 characters. */
  @ApiPropertyOptional()
  binding_message?: string;

  /** A code that only the person knows: check it before you ask the person. */
  @ApiPropertyOptional()
  user_code?: string;

  /** Ways of authentication that the client wishes, the most wished first. */
  @ApiProperty({ type: [String] })
  acr_values: string[];

  /** What the client asks for in detail (RFC 9396); absent if it asked for nothing so. */
  @ApiPropertyOptional(AUTHORIZATION_DETAILS)
  authorization_details?: AuthorizationDetail[];

  /** The claims that the client asks for, if the server supports `claims` (OpenID Connect Core §5.5). */
  @ApiPropertyOptional(ANY_JSON)
  requested_claims?: object;

  /** Until then it can be answered. */
  @ApiProperty({ type: String, format: 'date-time' })
  expires_at: string;
}

export function cibaRequestDocument(
  challenge: string,
  { data: { request, subject }, expiresAt }: Pick<CibaRecord, 'data' | 'expiresAt'>,
  client: RegisteredClient,
): OAuth2CibaRequestDto {
  return {
    challenge,
    client: clientDocument(client),
    requested_scope: request.scope,
    requested_access_token_audience: request.audience,
    login_hint: request.loginHint,
    id_token_hint_claims: request.idTokenHintClaims,
    login_hint_token: request.loginHintToken,
    subject,
    binding_message: request.bindingMessage,
    user_code: request.userCode,
    acr_values: request.acrValues,
    authorization_details: request.authorizationDetails,
    requested_claims: request.requestedClaims,
    expires_at: expiresAt.toISOString(),
  };
}
