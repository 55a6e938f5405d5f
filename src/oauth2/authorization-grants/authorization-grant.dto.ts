import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { hexOf } from '../../consent/sessions/ids.js';
import type { LiveGrantRow } from '../issuance/grant-list.statements.js';

/** What a person granted to a client once, while tokens of it may be active. */
@ApiSchema({ name: 'oAuth2Grant' })
export class OAuth2GrantDto {
  /** It revokes the grant with all its tokens. */
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

  @ApiProperty({ type: String, format: 'date-time' })
  created_at: string;

  /** When tokens were last issued of it. */
  @ApiProperty({ type: String, format: 'date-time' })
  last_used_at: string;

  /** Refresh tokens that are active now: more than one where they may be reused for a while. Access tokens are not counted. */
  @ApiProperty({ type: 'integer' })
  refresh_tokens: number;

  /** When the last refresh token expires unless it is used; absent: never, or there is none. */
  @ApiPropertyOptional({ type: String, format: 'date-time' })
  refresh_token_expires_at?: string;

  /** The consent that it hangs on, as in the list of consent sessions. */
  @ApiPropertyOptional()
  consent_request_id?: string;

  /** The login session that it hangs on; absent where that has ended. */
  @ApiPropertyOptional({ format: 'uuid' })
  login_session_id?: string;
}

export function grantDocument(row: LiveGrantRow): OAuth2GrantDto {
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
  };
}
