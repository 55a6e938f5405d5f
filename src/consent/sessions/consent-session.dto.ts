import { ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { clientDocument } from '../../clients/client.mapper.js';
import { ANY_JSON } from '../../http/any-json.js';
import type { JsonValue } from '../../protocol/json.js';
import { AcceptOAuth2ConsentRequestSessionDto } from '../consent/accept-consent-request.dto.js';
import { OAuth2ConsentRequestDto } from '../consent/consent-request.dto.js';
import type { ListedConsent } from '../consent/consents.js';
import { hexOf } from './ids.js';

/** A consent that was given. */
@ApiSchema({ name: 'oAuth2ConsentSession' })
export class OAuth2ConsentSessionDto {
  @ApiPropertyOptional({ type: OAuth2ConsentRequestDto })
  consent_request?: OAuth2ConsentRequestDto;

  /** The request id of every token that came of it; it revokes them. */
  @ApiPropertyOptional()
  consent_request_id?: string;

  /** What the apps passed on; null: nothing. */
  @ApiPropertyOptional(ANY_JSON)
  context?: JsonValue;

  @ApiPropertyOptional({ type: [String] })
  grant_access_token_audience?: string[];

  @ApiPropertyOptional({ type: [String] })
  grant_scope?: string[];

  /** When the consent app accepted. */
  @ApiPropertyOptional({ type: String, format: 'date-time' })
  handled_at?: string;

  @ApiPropertyOptional()
  remember?: boolean;

  /** Seconds; 0: for ever. */
  @ApiPropertyOptional({ type: 'integer', format: 'int64' })
  remember_for?: number;

  @ApiPropertyOptional({ type: AcceptOAuth2ConsentRequestSessionDto })
  session?: AcceptOAuth2ConsentRequestSessionDto;
}

export function consentSessionDocument(listed: ListedConsent): OAuth2ConsentSessionDto {
  const { row, details } = listed;
  return {
    consent_request_id: hexOf(row.id),
    grant_scope: row.granted_scope,
    grant_access_token_audience: row.granted_audience,
    session: { access_token: details.accessTokenClaims, id_token: details.idTokenClaims },
    remember: row.remember,
    remember_for: row.remember_for,
    handled_at: row.handled_at.toISOString(),
    context: details.context,
    consent_request: requestDocument(listed),
  };
}

function requestDocument({ row, details, client }: ListedConsent): OAuth2ConsentRequestDto {
  return {
    challenge: '', // it has been used
    consent_request_id: hexOf(row.id),
    requested_scope: details.requestedScope,
    requested_access_token_audience: details.requestedAudience,
    skip: row.skip,
    subject: row.subject,
    oidc_context: details.oidcContext,
    client: clientDocument(client),
    request_url: details.requestUrl,
    login_challenge: '',
    login_session_id: row.login_session_id ?? '',
    acr: details.acr,
    amr: details.amr,
    context: details.context,
  };
}
