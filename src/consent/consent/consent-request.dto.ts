import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { OAuth2ClientDto } from '../../clients/client.dto.js';
import { clientDocument } from '../../clients/client.mapper.js';
import { RegisteredClient } from '../../clients/registered-client.js';
import { ANY_JSON } from '../../http/any-json.js';
import type { JsonValue } from '../../protocol/json.js';
import type { AcceptedLogin, Flow } from '../flow/flow.js';
import { openIdContextOf } from '../flow/open-id-context.js';
import { OpenIdContextDto } from '../flow/open-id-context.dto.js';
import { hexOf } from '../sessions/ids.js';

/** An ongoing consent, as the consent app sees it; in a consent session the request that it answered. */
@ApiSchema({ name: 'oAuth2ConsentRequest' })
export class OAuth2ConsentRequestDto {
  /** Of the login. Empty: none was given. */
  @ApiPropertyOptional()
  acr?: string;

  /** Of the login. */
  @ApiPropertyOptional({ type: [String] })
  amr?: string[];

  /** The challenge that was asked for; empty in a consent session. */
  @ApiProperty()
  challenge: string;

  /** The client, without its secret. */
  @ApiPropertyOptional({ type: OAuth2ClientDto })
  client?: OAuth2ClientDto;

  /** The request id of every token that comes of it; it revokes them. */
  @ApiPropertyOptional()
  consent_request_id?: string;

  /** What the login app passed on; null: nothing. */
  @ApiPropertyOptional(ANY_JSON)
  context?: JsonValue;

  /** The challenge of the login before; empty in a consent session. */
  @ApiPropertyOptional()
  login_challenge?: string;

  /** Id of the login session: the `sid` of ID tokens. */
  @ApiPropertyOptional()
  login_session_id?: string;

  @ApiPropertyOptional({ type: OpenIdContextDto })
  oidc_context?: OpenIdContextDto;

  /** The address that the browser asked for. */
  @ApiPropertyOptional()
  request_url?: string;

  @ApiPropertyOptional({ type: [String] })
  requested_access_token_audience?: string[];

  @ApiPropertyOptional({ type: [String] })
  requested_scope?: string[];

  /** The person has consented to all of it before: do not ask again. */
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
  const { acr, amr, context } = loginAnswer?.kind === 'accepted' ? loginAnswer : NOTHING_SAID;
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
    acr,
    amr,
    context,
  };
}

const NOTHING_SAID: Pick<AcceptedLogin, 'acr' | 'amr' | 'context'> = { acr: '', amr: [], context: null };
