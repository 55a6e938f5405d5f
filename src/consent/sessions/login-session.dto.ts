import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import type { ListedSessionRow } from './session-use.statements.js';

/** A login of a person that has not ended: one of their devices. */
@ApiSchema({ name: 'oAuth2LoginSession' })
export class OAuth2LoginSessionDto {
  /** The claim `sid` of ID tokens; it ends the session. */
  @ApiProperty({ format: 'uuid' })
  sid: string;

  @ApiProperty()
  subject: string;

  /** When the person logged in. */
  @ApiProperty({ type: String, format: 'date-time' })
  authenticated_at: string;

  /** When a login was last skipped with it, to the minute; else when the person logged in. Tokens that refresh do not count. */
  @ApiProperty({ type: String, format: 'date-time' })
  last_used_at: string;

  @ApiProperty({ type: String, format: 'date-time' })
  expires_at: string;

  /** Whether a later login of the browser may be skipped. */
  @ApiProperty()
  remember: boolean;

  /** The person's browser, where the login app passed it. */
  @ApiPropertyOptional()
  user_agent?: string;

  /** Where the person was, in the words of the login app. */
  @ApiPropertyOptional()
  address?: string;

  @ApiPropertyOptional()
  identity_provider_session_id?: string;

  /** Clients that were given a consent under it, as far as the consent still exists. */
  @ApiProperty({ type: [String] })
  client_ids: string[];
}

export function loginSessionDocument(row: ListedSessionRow): OAuth2LoginSessionDto {
  return {
    sid: row.id,
    subject: row.subject,
    authenticated_at: row.authenticated_at.toISOString(),
    last_used_at: row.last_used_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
    remember: row.remember,
    user_agent: row.user_agent ?? undefined,
    address: row.address ?? undefined,
    identity_provider_session_id: row.identity_provider_session_id ?? undefined,
    client_ids: row.client_ids,
  };
}
