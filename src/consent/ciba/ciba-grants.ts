/** What the person granted by accepting a backchannel authentication request: the same data as after a login in a browser. */
import { Injectable } from '@nestjs/common';
import type { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import type { AuthorizationRequest } from '../../protocol/authorization-request.js';
import type { BackchannelRequest } from '../../protocol/backchannel-request.js';
import { numericDate } from '../../protocol/numeric-date.js';
import { invalidRequest } from '../../protocol/oauth-error.js';
import type { Granted } from '../consents/granted.js';
import { isAskedPerson, reachesEssentialAcr } from '../prompt/asked-authentication.js';
import { grantedDetails } from '../requests/granted-details.js';
import { SubjectIdentifiers } from '../subjects/subject-identifiers.js';
import type { AcceptOAuth2CibaRequestDto } from './answer-ciba-request.dto.js';
import type { CibaRecord } from './ciba-requests.js';

interface Accepted {
  dto: AcceptOAuth2CibaRequestDto;
  client: RegisteredClient;
  now: Date;
}

@Injectable()
export class CibaGrants {
  constructor(
    private readonly subjects: SubjectIdentifiers,
    private readonly config: ConfigHolder,
  ) {}

  /**
   * @throws OAuthError invalid_request if the person is not the one of the request, was not authenticated as the request
   * demands, or cannot grant these authorization details
   */
  async of(record: Pick<CibaRecord, 'data' | 'expiresAt'>, { dto, client, now }: Accepted): Promise<Granted> {
    const { request } = record.data;
    const subjectIdentifier = await this.subjects.identify(client, dto.subject);
    requirePerson(record, dto.subject, subjectIdentifier);
    if (!reachesEssentialAcr(request, dto.acr)) {
      throw invalidRequest("Member 'acr' is none of those that 'claims' of the request demands.");
    }
    return {
      ...grantOf(record, dto),
      clientKey: client.key,
      subjectIdentifier,
      grantedAuthorizationDetails: grantedDetails(dto.grant_authorization_details, request, this.config.current),
      authTime: numericDate(now),
      consent: {
        ...{ remember: false, rememberFor: 0, skip: false },
        handledAt: now.toISOString(),
        context: dto.context ?? null,
        flowExpiresAt: record.expiresAt.getTime(),
      },
    };
  }
}

/** The person who answers must be the one who was asked. */
function requirePerson(
  { data: { request, subject: only } }: Pick<CibaRecord, 'data'>,
  subject: string,
  subjectIdentifier: string,
): void {
  if ((only ?? subject) !== subject) {
    throw invalidRequest("Member 'subject' is another person than the hook named for this request.");
  }
  const { idTokenHintClaims: hint } = request;
  if (hint && ![subject, subjectIdentifier].includes(String(hint['sub']))) {
    throw invalidRequest("Member 'subject' is another person than 'id_token_hint' of the request names.");
  }
  if (!isAskedPerson(request, subjectIdentifier)) {
    throw invalidRequest("Member 'subject' is another person than claim 'sub' of 'claims' asks for.");
  }
}

function grantOf(
  { data }: Pick<CibaRecord, 'data'>,
  dto: AcceptOAuth2CibaRequestDto,
): Omit<Granted, 'clientKey' | 'subjectIdentifier' | 'authTime' | 'consent'> {
  return {
    request: authorizationRequestOf(data.request),
    consentId: data.consentId,
    subject: dto.subject,
    loginSessionId: '',
    grantedScope: dto.grant_scope ?? [],
    grantedAudience: dto.grant_access_token_audience ?? [],
    requestedAt: numericDate(new Date(data.requestedAt)),
    acr: dto.acr ?? '',
    amr: dto.amr ?? [],
    idTokenClaims: dto.session?.id_token ?? {},
    accessTokenClaims: dto.session?.access_token ?? {},
    userinfoClaims: dto.session?.userinfo ?? {},
  };
}

/** There is no browser, and so no response of the authorization endpoint. */
function authorizationRequestOf(request: BackchannelRequest): AuthorizationRequest {
  return {
    clientId: request.clientId,
    ...{ responseTypes: [], responseMode: 'query', redirectUri: '', redirectUriSent: false, state: '' },
    scope: request.scope,
    audience: request.audience,
    resources: request.resources,
    authorizationDetails: request.authorizationDetails,
    requestedClaims: request.requestedClaims,
    acrValues: request.acrValues,
    ...{ prompt: [], uiLocales: [] },
    loginHint: request.loginHint,
    idTokenHintClaims: request.idTokenHintClaims,
    requestUrl: request.requestUrl,
  };
}
