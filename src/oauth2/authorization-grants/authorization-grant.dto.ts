import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { AUTHORIZATION_DETAILS } from '../../http/replies/authorization-details.js';
import type { AuthorizationDetail } from '../../protocol/authorization-details.js';
import { hexOf } from '../../protocol/uuid.js';
import type { LiveGrant } from '../issuance/live-grants.js';

/** A grant that a person gave to a client, as long as it may have active tokens. */
@ApiSchema({ name: 'oAuth2Grant' })
export class OAuth2GrantDto {
  /** The id of the grant. It is used to revoke the grant with all its tokens. */
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  client_id: string;

  @ApiProperty()
  subject: string;

  @ApiProperty({ type: [String] })
  scope: string[];

  @ApiProperty({ type: [String] })
  audience: string[];

  /** The granted authorization details (RFC 9396); absent if there are none. */
  @ApiPropertyOptional(AUTHORIZATION_DETAILS)
  authorization_details?: AuthorizationDetail[];

  @ApiProperty({ type: String, format: 'date-time' })
  created_at: string;

  /** The time of the last tokens that were issued under this grant. */
  @ApiProperty({ type: String, format: 'date-time' })
  last_used_at: string;

  /** The number of active refresh tokens: more than one if they may be reused for a while. Access tokens are not counted. */
  @ApiProperty({ type: 'integer' })
  refresh_tokens: number;

  /** The time at which the last refresh token expires unless it is used; absent if it never expires or there is none. */
  @ApiPropertyOptional({ type: String, format: 'date-time' })
  refresh_token_expires_at?: string;

  /** The consent that the grant belongs to, as in the list of consent sessions. */
  @ApiPropertyOptional()
  consent_request_id?: string;

  /** The login session that the grant belongs to; absent if the session has ended. */
  @ApiPropertyOptional({ format: 'uuid' })
  login_session_id?: string;
}

export function grantDocument(row: LiveGrant): OAuth2GrantDto {
  return {
    id: row.id,
    client_id: row.client_id,
    subject: row.subject,
    scope: row.scope,
    audience: row.audience,
    created_at: row.created_at.toISOString(),
    last_used_at: row.last_used_at.toISOString(),
    refresh_tokens: row.refresh_tokens,
    refresh_token_expires_at: row.refresh_expires_at?.toISOString(),
    consent_request_id: row.consent_id === null ? undefined : hexOf(row.consent_id),
    login_session_id: row.login_session_id ?? undefined,
    authorization_details: row.authorizationDetails,
  };
}
