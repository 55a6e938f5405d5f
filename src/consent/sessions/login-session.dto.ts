import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import type { ListedSession } from './session-list.js';

/** A login session that has not ended; a person has one on each device. */
@ApiSchema({ name: 'oAuth2LoginSession' })
export class OAuth2LoginSessionDto {
  /** The claim `sid` of ID tokens; send it to end the session. */
  @ApiProperty({ format: 'uuid' })
  sid: string;

  @ApiProperty()
  subject: string;

  /** When the person logged in. */
  @ApiProperty({ type: String, format: 'date-time' })
  authenticated_at: string;

  /** The last skipped login, to the minute, otherwise the login itself. Refreshing tokens does not count as use. */
  @ApiProperty({ type: String, format: 'date-time' })
  last_used_at: string;

  @ApiProperty({ type: String, format: 'date-time' })
  expires_at: string;

  /** Whether a later login of the browser may be skipped. */
  @ApiProperty()
  remember: boolean;

  /** `User-Agent` of the person's browser, if the login app sent it. */
  @ApiPropertyOptional()
  user_agent?: string;

  /** The place of the login as the login app described it. */
  @ApiPropertyOptional()
  address?: string;

  @ApiPropertyOptional()
  identity_provider_session_id?: string;

  /** Clients that got a consent in this session, if the consent still exists. */
  @ApiProperty({ type: [String] })
  client_ids: string[];
}

export function loginSessionDocument({ session, clientIds }: ListedSession): OAuth2LoginSessionDto {
  return {
    sid: session.id,
    subject: session.subject,
    authenticated_at: session.authenticatedAt.toISOString(),
    last_used_at: (session.lastUsedAt ?? session.authenticatedAt).toISOString(),
    expires_at: session.expiresAt.toISOString(),
    remember: session.remember,
    user_agent: session.userAgent ?? undefined,
    address: session.address ?? undefined,
    identity_provider_session_id: session.identityProviderSessionId ?? undefined,
    client_ids: clientIds,
  };
}
