import { Injectable } from '@nestjs/common';
import { permitsAudience } from '../../../clients/client-permissions.js';
import { assertionAudiences } from '../../../clients/authentication/assertion-audiences.js';
import { RegisteredClient } from '../../../clients/registered-client.js';
import { UsedAssertions } from '../../../clients/used-assertions.js';
import { ConfigHolder } from '../../../config/config-holder.js';
import { scopeParameter, textParameter, type Parsed } from '../../../http/exchange/declared-parameters.js';
import { Events } from '../../../events/events.js';
import { parseForeignJwt, type UnverifiedJwt } from '../../../jwt/compact-jwt.js';
import { isOfAnotherKind, JWT_KINDS } from '../../../jwt/jwt-kind.js';
import { isSignedBy } from '../../../jwt/verify-signature.js';
import { JWT_BEARER } from '../../../protocol/constants.js';
import { invalidGrant, invalidRequest, invalidScope, jtiKnown } from '../../../protocol/oauth-error.js';
import { AllowedScopes, firstRefusedScope } from '../../../protocol/scope.js';
import { TrustedIssuers } from '../../../trust/trusted-issuers.js';
import type { TrustedIssuerEntity } from '../../../trust/trusted-issuer.entity.js';
import { allowedDetails } from '../../issuance/asked-details.js';
import { EMPTY_SESSION } from '../../issuance/grant-session.js';
import { allowedAudience, AUDIENCE_PARAMETERS, requireLocations } from '../../issuance/wanted-audience.js';
import type { AuthorizedAccess } from '../../issuance/authorized-access.js';
import { type CheckedAssertion, checkAssertion } from './check-assertion.js';
import type { Authorization, Grant, TokenRequest } from './grant.js';
import { AccessWithoutGrant } from './access-without-grant.js';

interface Asserted {
  issuer: string;
  subject: string;
  checked: CheckedAssertion;
  client: RegisteredClient;
  now: Date;
}

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
    private readonly issuers: TrustedIssuers,
    private readonly assertions: UsedAssertions,
    private readonly withoutGrant: AccessWithoutGrant,
    private readonly events: Events,
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
    const jwt = parseForeignJwt(assertion);
    if (!jwt) throw invalidGrant('The assertion must be a JWT that is signed with an asymmetric algorithm.');
    // RFC 8725 §3.11: a JWT that the issuer signed for another purpose, such as an access token, is no grant.
    if (isOfAnotherKind(jwt.header.typ, JWT_KINDS.authorizationGrant, JWT_KINDS.identityAssertionGrant)) {
      throw invalidGrant("The assertion is of another kind: see its 'typ'.");
    }
    const { current } = this.config;
    const { trust, subject } = await this.trust(jwt, now);
    const rules = { audiences: assertionAudiences(current), settings: current.oauth2.grant.jwt, now };
    const checked = checkAssertion(jwt.payload, rules);
    const access = this.access(parameters, client, { trust, subject, checked });
    const asserted = { issuer: trust.issuer, subject, checked, client, now };
    const spend = () => this.spend(asserted);
    return this.withoutGrant.authorization({ access, grantType: JWT_BEARER, client, now, proof, spend });
  }

  /** The trusted issuer whose key signed the assertion, and the subject. @throws OAuthError invalid_grant */
  private async trust(jwt: UnverifiedJwt, now: Date): Promise<{ trust: TrustedIssuerEntity; subject: string }> {
    const { iss, sub } = jwt.payload;
    if (typeof iss !== 'string' || !iss) throw invalidGrant("Claim 'iss' of the assertion is missing.");
    if (typeof sub !== 'string' || !sub) throw invalidGrant("Claim 'sub' of the assertion is missing.");
    const trusted = await this.issuers.keysFor(iss, sub, jwt.kid, now);
    for (const { trust, key } of trusted) {
      if (await isSignedBy(jwt, key)) return { trust, subject: sub };
    }
    throw invalidGrant('No trusted key of this issuer for this subject signed the assertion.');
  }

  private access(
    { scope: wanted, authorization_details: details, ...sent }: Parsed<typeof PARAMETERS>,
    client: RegisteredClient,
    { trust, subject, checked }: { trust: TrustedIssuerEntity; subject: string; checked: CheckedAssertion },
  ): AuthorizedAccess {
    const { strategies, oauth2 } = this.config.current;
    const refused = firstRefusedScope(strategies.scope, trust.scope, wanted);
    if (refused) throw invalidScope(`Scope '${refused}' is not among those that the trusted issuer may vouch for.`);
    const byDefault = oauth2.client_credentials.default_grant_allowed_scope ? this.scopeOfBoth(trust, client) : [];
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

  /** The scope of a request without `scope`: limited by both the trusted issuer and the client. */
  private scopeOfBoth(trust: TrustedIssuerEntity, client: RegisteredClient): string[] {
    const { scope: strategy } = this.config.current.strategies;
    const trusted = new AllowedScopes(trust.scope);
    const ofClient = client.scope.filter((one) => trusted.admits(strategy, one));
    const ofIssuer = trust.scope.filter((one) => client.allowedScopes.admits(strategy, one));
    return [...new Set([...ofClient, ...ofIssuer])];
  }

  /** The token is stored before the assertion is marked as used. Of two concurrent requests one gets its token. */
  private async spend({ issuer, subject, checked, client, now }: Asserted): Promise<void> {
    const { jti, expiresAt } = checked;
    if (!jti || (await this.assertions.claim({ issuer, jti, expiresAt }, now))) return;
    this.events.publish({ type: 'assertion.replayed', at: now, clientId: client.clientId, issuer, subject });
    throw jtiKnown('Each assertion can be used once: make a new one.');
  }
}
