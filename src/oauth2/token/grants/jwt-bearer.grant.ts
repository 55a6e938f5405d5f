import { Injectable } from '@nestjs/common';
import { permitsAudience } from '../../../clients/client-permissions.js';
import { RegisteredClient } from '../../../clients/registered-client.js';
import { ConfigHolder } from '../../../config/config-holder.js';
import { scopeParameter, textParameter, type Parsed } from '../../../http/exchange/declared-parameters.js';
import { JWT_BEARER } from '../../../protocol/constants.js';
import { invalidRequest, invalidScope } from '../../../protocol/oauth-error.js';
import { firstRefusedScope } from '../../../protocol/scope.js';
import { allowedDetails } from '../../issuance/asked-details.js';
import { EMPTY_SESSION } from '../../issuance/grant-session.js';
import { allowedAudience, AUDIENCE_PARAMETERS, requireLocations } from '../../issuance/wanted-audience.js';
import type { AuthorizedAccess } from '../../issuance/authorized-access.js';
import type { Authorization, Grant, TokenRequest } from './grant.js';
import { AccessWithoutGrant } from './access-without-grant.js';
import { type TrustedAssertion, TrustedAssertions } from './trusted-assertions.js';

/** RFC 7523 §2.1. */
const PARAMETERS = {
  ...{ assertion: textParameter, scope: scopeParameter, ...AUDIENCE_PARAMETERS },
  authorization_details: textParameter, // RFC 9396 §6
};

/** RFC 7523 §2.1: a trusted issuer vouches for a subject. The client gets no refresh token and no ID token. */
@Injectable()
export class JwtBearerGrant implements Grant<typeof PARAMETERS> {
  readonly grantType = JWT_BEARER;
  readonly parameters = PARAMETERS;

  constructor(
    private readonly assertions: TrustedAssertions,
    private readonly withoutGrant: AccessWithoutGrant,
    private readonly config: ConfigHolder,
  ) {}

  /** RFC 7523 §2.1: with an assertion client authentication is optional. Here the operator must allow it. */
  get clientIsOptional(): boolean {
    return this.config.current.oauth2.grant.jwt.client_authentication_optional;
  }

  async authorize(request: TokenRequest<typeof PARAMETERS>, client: RegisteredClient): Promise<Authorization> {
    const { parameters, now, proof } = request;
    const { assertion } = parameters;
    if (!assertion) throw invalidRequest("Parameter 'assertion' is missing.");
    const asserted = await this.assertions.verify(assertion, now);
    const access = this.access(parameters, client, asserted);
    const spend = () => this.assertions.spend(asserted, client, now);
    return this.withoutGrant.authorization({ access, grantType: JWT_BEARER, client, now, proof, spend });
  }

  private access(
    { scope: wanted, authorization_details: details, ...sent }: Parsed<typeof PARAMETERS>,
    client: RegisteredClient,
    { trust, subject, checked }: TrustedAssertion,
  ): AuthorizedAccess {
    const { strategies, oauth2 } = this.config.current;
    const refused = firstRefusedScope(strategies.scope, trust.scope, wanted);
    if (refused) throw invalidScope(`Scope '${refused}' is not among those that the trusted issuer may vouch for.`);
    const byDefault = oauth2.client_credentials.default_grant_allowed_scope
      ? this.assertions.scopeOfBoth(trust, client)
      : [];
    // Hydra leaves out the values of `audience` that the client may not have. A resource is refused (RFC 8707 §2).
    const permitted = sent.audience.filter((one) => permitsAudience(client, one, this.config.current));
    const asked = allowedAudience({ ...sent, audience: permitted }, client, this.config.current);
    const authorizationDetails = allowedDetails(details, client, this.config.current);
    requireLocations(authorizationDetails, asked);
    const copied = oauth2.grant.jwt.omit_assertion_audience ? [] : checked.audience;
    return {
      subject,
      scope: wanted.length ? wanted : byDefault,
      audience: [...new Set([...asked.audience, ...copied])],
      session: authorizationDetails ? { ...EMPTY_SESSION, authorizationDetails } : EMPTY_SESSION,
    };
  }
}
