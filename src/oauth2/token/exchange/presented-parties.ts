/** Proves the tokens of an exchange: access tokens and ID tokens of this server, and JWTs of trusted issuers. */
import { Injectable } from '@nestjs/common';
import type { RegisteredClient } from '../../../clients/registered-client.js';
import { ConfigHolder } from '../../../config/config-holder.js';
import { parseCompact } from '../../../jwt/compact-jwt.js';
import { IdTokenHints } from '../../../jwt/id-token-hints.js';
import { readActor } from '../../../protocol/actors.js';
import type { JsonObject } from '../../../protocol/json.js';
import { dateOfNumericDate, numericDate } from '../../../protocol/numeric-date.js';
import { invalidRequest, OAuthError } from '../../../protocol/oauth-error.js';
import { AccessTokens, type SourceAccessToken } from '../../issuance/access-tokens.js';
import { actorClaims, claimsOfSession } from '../../issuance/claims-of-session.js';
import { ExchangedTokens } from '../../issuance/exchanged-tokens.js';
import { EMPTY_SESSION, type GrantSession } from '../../issuance/grant-session.js';
import { NO_SOURCES } from '../../issuance/token-sources.js';
import { TrustedAssertions } from '../grants/trusted-assertions.js';
import { type Opened, type PresentedParty, refusedToken } from './presented-party.js';
import { type PresentedToken, TOKEN_TYPES } from './token-types.js';

interface Reading {
  client: RegisteredClient;
  now: Date;
  /** The access token, if the text is an active one. */
  active?: SourceAccessToken;
}

@Injectable()
export class PresentedParties {
  constructor(
    private readonly accessTokens: AccessTokens,
    private readonly exchanged: ExchangedTokens,
    private readonly idTokens: IdTokenHints,
    private readonly assertions: TrustedAssertions,
    private readonly config: ConfigHolder,
  ) {}

  /**
   * Access tokens are found together. Nothing is spent.
   * @returns in order; an error invalid_request for a token that is refused, of which the caller may not tell before it has
   * judged the others
   */
  async open(presented: readonly PresentedToken[], client: RegisteredClient, now: Date): Promise<Opened[]> {
    const own = presented.map((one) => (this.isOwnAccessToken(one) ? one.token : ''));
    const found = await this.accessTokens.findSources(own, now);
    return Promise.all(
      presented.map((one, index) => this.party(one, { client, now, active: found[index] }).catch(refusalOf)),
    );
  }

  /** A JWT of another issuer is no access token of this server. */
  private isOwnAccessToken({ token, type }: PresentedToken): boolean {
    if (type !== TOKEN_TYPES.jwt) return type === TOKEN_TYPES.accessToken;
    return parseCompact(token)?.payload.iss === this.config.current.urls.self.issuer;
  }

  private async party(presented: PresentedToken, reading: Reading): Promise<PresentedParty> {
    if (this.isOwnAccessToken(presented)) {
      if (reading.active) return this.accessToken(reading.active);
      throw refusedToken(presented.name);
    }
    return presented.type === TOKEN_TYPES.idToken
      ? this.idToken(presented, reading)
      : this.assertion(presented, reading);
  }

  private accessToken(token: SourceAccessToken): PresentedParty {
    const { current } = this.config;
    const { session, subject, clientId, scope, expiresAt, grantId, consentId, sources } = token;
    const audience = token.statedAudience ?? token.audience;
    const issuer = current.urls.self.issuer;
    const claims: JsonObject = {
      ...claimsOfSession(session, current),
      ...{ iss: issuer, sub: subject, aud: audience, iat: numericDate(token.issuedAt), exp: numericDate(expiresAt) },
      ...(clientId && { client_id: clientId }),
      ...(scope.length && { scope: scope.join(' ') }),
      ...(token.confirmation && { cnf: token.confirmation.claim }),
      ...(session.authorizationDetails && { authorization_details: session.authorizationDetails }),
      ...actorClaims(session, current),
    };
    const about = { subject, issuer, clientId: clientId || undefined, audience, scope, expiresAt, session };
    const mayAct = session.accessTokenClaims.may_act;
    return { ...about, act: session.act, mayAct, grantId, consentId, sources, claims };
  }

  /** An ID token is worth as much as its grant: with that it ends. It never says that somebody acts. */
  private async idToken({ name, token }: PresentedToken, { client, now }: Reading): Promise<PresentedParty> {
    const claims = await this.idTokens.read(token, now).catch((error: unknown) => {
      throw error instanceof OAuthError && error.status < 500 ? refusedToken(name, error) : error;
    });
    const audience = [claims.aud].flat().filter((one) => typeof one === 'string');
    const expiresAt = typeof claims.exp === 'number' ? dateOfNumericDate(claims.exp) : now;
    if (expiresAt <= now || !audience.includes(client.clientId)) throw refusedToken(name);
    const grant = await this.exchanged.grantOf(claims, client);
    if (!grant) throw refusedToken(name);
    const { id: grantId, consentId, subject } = grant;
    const mayAct = claims.may_act ?? grant.session.accessTokenClaims.may_act;
    const session = { ...loginOf(grant.session), ...keptClaims(mayAct) };
    const about = { subject, issuer: this.config.current.urls.self.issuer, clientId: client.clientId, audience };
    return { ...about, expiresAt, session, mayAct, grantId, consentId, sources: NO_SOURCES, claims };
  }

  /** RFC 7523 §3. Hints about assertions tell nothing about tokens of this server. */
  private async assertion({ name, token }: PresentedToken, { now }: Reading): Promise<PresentedParty> {
    const assertion = await this.assertions.verify(token, now).catch((error: unknown) => {
      if (!(error instanceof OAuthError) || error.status >= 500) throw error;
      throw invalidRequest(`The '${name}' is refused. ${error.hint ?? ''}`.trim(), error);
    });
    const { claims, subject, trust, checked } = assertion;
    const act = claims.act === undefined ? undefined : readActor(claims.act);
    if (claims.act !== undefined && !act)
      throw invalidRequest(`Claim 'act' of the '${name}' is malformed or too deep.`);
    const session = { ...EMPTY_SESSION, ...keptClaims(claims.may_act) };
    const about = { subject, issuer: trust.issuer, audience: checked.audience, expiresAt: checked.expiresAt, session };
    return { ...about, act, mayAct: claims.may_act, sources: NO_SOURCES, claims, assertion };
  }
}

/** @throws error again if it does not refuse the token */
function refusalOf(error: unknown): OAuthError {
  if (error instanceof OAuthError && error.status < 500) return error;
  throw error;
}

/** What the session of a grant says about the person and the login. */
function loginOf({ subjectIdentifier, authTime, acr, acrRequested, amr }: GrantSession): GrantSession {
  return { ...EMPTY_SESSION, subjectIdentifier, authTime, acr, acrRequested, amr };
}

/** Who may act for the subject stays in force for whatever is exchanged next. */
function keptClaims(mayAct: JsonObject[string] | undefined): Pick<GrantSession, 'accessTokenClaims'> {
  return { accessTokenClaims: mayAct === undefined ? {} : { may_act: mayAct } };
}
