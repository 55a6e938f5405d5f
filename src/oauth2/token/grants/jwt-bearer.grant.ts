import { Injectable } from '@nestjs/common';
import { assertionAudiences } from '../../../clients/authentication/assertion-audiences.js';
import { RegisteredClient } from '../../../clients/registered-client.js';
import { ConfigHolder } from '../../../config/config-holder.js';
import { UseMarks } from '../../../database/use-marks.js';
import { Events } from '../../../events/events.js';
import { isSignedBy, parseJwt, type UnverifiedJwt } from '../../../keys/compact-jwt.js';
import { firstRefusedAudience, parseAudience } from '../../../protocol/audience.js';
import { JWT_BEARER } from '../../../protocol/constants.js';
import { invalidGrant, invalidRequest, invalidScope, jtiKnown } from '../../../protocol/oauth-error.js';
import { firstRefusedScope, splitWords } from '../../../protocol/scope.js';
import { TrustedIssuers } from '../../../trust/trusted-issuers.js';
import type { TrustedIssuerEntity } from '../../../trust/trusted-issuer.entity.js';
import { AccessTokens } from '../../issuance/access-tokens.js';
import { EMPTY_SESSION } from '../../issuance/grant-session.js';
import { lifespan } from '../../issuance/lifespans.js';
import type { Right } from '../../issuance/right.js';
import { type CheckedAssertion, checkAssertion } from './check-assertion.js';
import type { Authorization, Grant, Issued, TokenRequest } from './grant.js';

interface Asserted {
  issuer: string;
  checked: CheckedAssertion;
  client: RegisteredClient;
  now: Date;
}

/** RFC 7523 §2.1: a trusted issuer vouches for a subject. No refresh token, no ID token. */
@Injectable()
export class JwtBearerGrant implements Grant {
  readonly grantType = JWT_BEARER;

  constructor(
    private readonly issuers: TrustedIssuers,
    private readonly useMarks: UseMarks,
    private readonly accessTokens: AccessTokens,
    private readonly events: Events,
    private readonly config: ConfigHolder,
  ) {}

  async authorize(request: TokenRequest, client: RegisteredClient): Promise<Authorization> {
    const assertion = request.form.first('assertion');
    if (!assertion) throw invalidRequest("Parameter 'assertion' is missing.");
    const jwt = parseJwt(assertion);
    if (!jwt) throw invalidGrant('The assertion must be a JWT that is signed with an asymmetric algorithm.');
    const { now } = request;
    const { current } = this.config;
    const { trust, subject } = await this.trust(jwt, now);
    const rules = { audiences: assertionAudiences(current), settings: current.oauth2.grant.jwt, now };
    const checked = checkAssertion(jwt.payload, rules);
    const right = this.right(request, client, { trust, subject, checked });
    const asserted = { issuer: trust.issuer, checked, client, now };
    return {
      describe: () => Promise.resolve(right),
      issue: (session) => this.issue(session ? { ...right, session } : right, asserted),
    };
  }

  /** The trust whose key signed the assertion, and the subject it vouches for. @throws OAuthError invalid_grant */
  private async trust(jwt: UnverifiedJwt, now: Date): Promise<{ trust: TrustedIssuerEntity; subject: string }> {
    const { iss, sub } = jwt.payload;
    if (typeof iss !== 'string' || !iss) throw invalidGrant("Claim 'iss' of the assertion is missing.");
    if (typeof sub !== 'string' || !sub) throw invalidGrant("Claim 'sub' of the assertion is missing.");
    const trusted = await this.issuers.keysFor(iss, sub, jwt.kid, now);
    const signer = trusted.find(({ key }) => isSignedBy(jwt, key));
    if (!signer) throw invalidGrant('No trusted key of this issuer for this subject signed the assertion.');
    return { trust: signer.trust, subject: sub };
  }

  private right(
    { form }: TokenRequest,
    client: RegisteredClient,
    { trust, subject, checked }: { trust: TrustedIssuerEntity; subject: string; checked: CheckedAssertion },
  ): Right {
    const { strategies, oauth2 } = this.config.current;
    const wanted = splitWords(form.first('scope'));
    const refused = firstRefusedScope(strategies.scope, trust.scope, wanted);
    if (refused) throw invalidScope(`Scope '${refused}' is not among those that the trusted issuer may vouch for.`);
    const byDefault = oauth2.client_credentials.default_grant_allowed_scope ? [...client.scope] : [];
    const asked = parseAudience(form.all('audience')).filter((one) => !firstRefusedAudience(client.audience, [one]));
    const copied = oauth2.grant.jwt.omit_assertion_audience ? [] : checked.audience;
    return {
      subject,
      scope: wanted.length ? wanted : byDefault,
      audience: [...new Set([...asked, ...copied])],
      session: EMPTY_SESSION,
    };
  }

  /** The token is stored before the assertion is marked as used: of two that race, one gets what it stored. */
  private async issue(right: Right, { issuer, checked, client, now }: Asserted): Promise<Issued> {
    const { current } = this.config;
    const seconds = lifespan(current, client, JWT_BEARER, 'access_token') ?? current.ttl.access_token;
    const accessToken = this.accessTokens.draft(client, now, seconds);
    await this.accessTokens.issueWithoutGrant(accessToken, client, right);
    const { jti, expiresAt } = checked;
    const first = !jti || (await this.useMarks.claim('assertion', `${issuer}\u0000${jti}`, expiresAt, now));
    if (first) return { right, accessToken };
    const { clientId } = client;
    this.events.publish({ type: 'assertion.replayed', at: now, clientId, issuer, subject: right.subject });
    throw jtiKnown('Each assertion can be used once: make a new one.');
  }
}
