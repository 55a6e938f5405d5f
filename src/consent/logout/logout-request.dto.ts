import { ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { OAuth2ClientDto } from '../../clients/client.dto.js';
import { clientDocument } from '../../clients/client.mapper.js';
import { RegisteredClient } from '../../clients/registered-client.js';
import type { LogoutFlow, StoredLogout } from './logout-flow.js';

/** A logout request as the logout app reads it. */
@ApiSchema({ name: 'oAuth2LogoutRequest' })
export class OAuth2LogoutRequestDto {
  /** The challenge of this request. */
  @ApiPropertyOptional()
  challenge?: string;

  /**
   * The client that asked, without its secret; null if the person asked without a client. Its `skip_logout_consent` is
   * false unless the request proves that it concerns the person in this browser: then the person must be asked.
   */
  @ApiPropertyOptional({ type: OAuth2ClientDto })
  client?: OAuth2ClientDto | null;

  /** When the request ends, after which it cannot be accepted. */
  @ApiPropertyOptional({ type: String, format: 'date-time' })
  expires_at?: string;

  /** The URL that the browser requested. */
  @ApiPropertyOptional()
  request_url?: string;

  /** When the browser asked. */
  @ApiPropertyOptional({ type: String, format: 'date-time' })
  requested_at?: string;

  /** Whether a client asked for the logout. */
  @ApiPropertyOptional()
  rp_initiated?: boolean;

  /** Id of the login session that would end. */
  @ApiPropertyOptional()
  sid?: string;

  /** The subject that would be logged out. */
  @ApiPropertyOptional()
  subject?: string;
}

export function logoutRequestDocument(
  challenge: string,
  { flow, expiresAt }: StoredLogout,
  client: RegisteredClient | undefined,
): OAuth2LogoutRequestDto {
  return {
    challenge,
    subject: flow.subject,
    sid: flow.sid,
    request_url: flow.requestUrl,
    rp_initiated: flow.clientId !== undefined,
    expires_at: expiresAt.toISOString(),
    requested_at: new Date(flow.requestedAt).toISOString(),
    client: client ? askedOf(clientDocument(client), flow) : null,
  };
}

function askedOf(document: OAuth2ClientDto, { mustAsk }: LogoutFlow): OAuth2ClientDto {
  if (mustAsk) document.skip_logout_consent = false;
  return document;
}
