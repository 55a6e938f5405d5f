import { ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { clientDocument } from '../../clients/client.mapper.js';
import { ANY_JSON } from '../../http/replies/any-json.js';
import { AUTHORIZATION_DETAILS } from '../../http/replies/authorization-details.js';
import type { AuthorizationDetail } from '../../protocol/authorization-details.js';
import type { JsonValue } from '../../protocol/json.js';
import { hexOf } from '../../protocol/uuid.js';
import { AcceptOAuth2ConsentRequestSessionDto } from '../requests/accept-consent-request.dto.js';
import { OAuth2ConsentRequestDto } from '../requests/consent-request.dto.js';
import type { ConsentDetails } from './consent-details.js';
import type { ListedConsent } from './consents.js';

/** A consent that was given. */
@ApiSchema({ name: 'oAuth2ConsentSession' })
export class OAuth2ConsentSessionDto {
  @ApiPropertyOptional({ type: OAuth2ConsentRequestDto })
  consent_request?: OAuth2ConsentRequestDto;

  /** The request id of all tokens issued for this consent; send it to revoke them. */
  @ApiPropertyOptional()
  consent_request_id?: string;

  /** The context that the apps passed on; null: none. */
  @ApiPropertyOptional(ANY_JSON)
  context?: JsonValue;

  @ApiPropertyOptional({ type: [String] })
  grant_access_token_audience?: string[];

  /** Granted authorization details (RFC 9396); absent if there are none. */
  @ApiPropertyOptional(AUTHORIZATION_DETAILS)
  grant_authorization_details?: AuthorizationDetail[];

  @ApiPropertyOptional({ type: [String] })
  grant_scope?: string[];

  /** When the consent app accepted the request. */
  @ApiPropertyOptional({ type: String, format: 'date-time' })
  handled_at?: string;

  @ApiPropertyOptional()
  remember?: boolean;

  /** Seconds; 0: forever. */
  @ApiPropertyOptional({ type: 'integer', format: 'int64' })
  remember_for?: number;

  @ApiPropertyOptional({ type: AcceptOAuth2ConsentRequestSessionDto })
  session?: AcceptOAuth2ConsentRequestSessionDto;
}

export function consentSessionDocument(listed: ListedConsent): OAuth2ConsentSessionDto {
  const { row, details } = listed;
  return {
    consent_request_id: hexOf(row.id),
    grant_scope: row.grantedScope,
    grant_access_token_audience: row.grantedAudience,
    grant_authorization_details: details.grantedAuthorizationDetails,
    session: sessionDocument(details),
    remember: row.remember,
    remember_for: row.rememberFor,
    handled_at: row.handledAt.toISOString(),
    context: details.context,
    consent_request: requestDocument(listed),
  };
}

/** The member `userinfo` is an addition to Hydra: it is present only if there are such claims. */
function sessionDocument(details: ConsentDetails): AcceptOAuth2ConsentRequestSessionDto {
  const { accessTokenClaims, idTokenClaims, userinfoClaims } = details;
  const userinfo = Object.keys(userinfoClaims).length > 0 ? { userinfo: userinfoClaims } : {};
  return { access_token: accessTokenClaims, id_token: idTokenClaims, ...userinfo };
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
    login_session_id: row.loginSessionId ?? '',
    acr: details.acr,
    amr: details.amr,
    context: details.context,
    authorization_details: details.requestedAuthorizationDetails,
  };
}
