import { Injectable } from '@nestjs/common';
import { assertionAudiences } from '../../../clients/authentication/assertion-audiences.js';
import type { RegisteredClient } from '../../../clients/registered-client.js';
import { UsedAssertions } from '../../../clients/used-assertions.js';
import { ConfigHolder } from '../../../config/config-holder.js';
import { Events } from '../../../events/events.js';
import { parseForeignJwt, type UnverifiedJwt } from '../../../jwt/compact-jwt.js';
import { isOfAnotherKind, JWT_KINDS } from '../../../jwt/jwt-kind.js';
import { isSignedBy } from '../../../jwt/verify-signature.js';
import type { JsonObject } from '../../../protocol/json.js';
import { invalidGrant, jtiKnown } from '../../../protocol/oauth-error.js';
import { AllowedScopes } from '../../../protocol/scope.js';
import type { TrustedIssuerEntity } from '../../../trust/trusted-issuer.entity.js';
import { TrustedIssuers } from '../../../trust/trusted-issuers.js';
import { type CheckedAssertion, checkAssertion } from './check-assertion.js';

/** What a trusted issuer says about a subject. */
export interface TrustedAssertion {
  trust: TrustedIssuerEntity;
  subject: string;
  checked: CheckedAssertion;
  claims: JsonObject;
}

/** Assertions of trusted issuers (RFC 7523 §3), for the grants that take them. */
@Injectable()
export class TrustedAssertions {
  constructor(
    private readonly issuers: TrustedIssuers,
    private readonly assertions: UsedAssertions,
    private readonly events: Events,
    private readonly config: ConfigHolder,
  ) {}

  /** Spends nothing. @throws OAuthError invalid_grant */
  async verify(assertion: string, now: Date): Promise<TrustedAssertion> {
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
    return { trust, subject, checked, claims: jwt.payload };
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

  /** The scope that both the trusted issuer and the client may have. */
  scopeOfBoth(trust: TrustedIssuerEntity, client: RegisteredClient): string[] {
    const { scope: strategy } = this.config.current.strategies;
    const trusted = new AllowedScopes(trust.scope);
    const ofClient = client.scope.filter((one) => trusted.admits(strategy, one));
    const ofIssuer = trust.scope.filter((one) => client.allowedScopes.admits(strategy, one));
    return [...new Set([...ofClient, ...ofIssuer])];
  }

  /**
   * The token is stored before the assertion is marked as used. Of two concurrent requests one gets its token.
   * @throws OAuthError jti_known
   */
  async spend(
    { trust: { issuer }, subject, checked }: TrustedAssertion,
    client: RegisteredClient,
    now: Date,
  ): Promise<void> {
    const { jti, expiresAt } = checked;
    if (!jti || (await this.assertions.claim({ issuer, jti, expiresAt }, now))) return;
    this.events.publish({ type: 'assertion.replayed', at: now, clientId: client.clientId, issuer, subject });
    throw jtiKnown('Each assertion can be used once: make a new one.');
  }
}
