import { Injectable } from '@nestjs/common';
import type { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { SubjectIdentifiers } from '../../consent/subjects/subject-identifiers.js';
import { type Parsed, textParameter, wordsParameter } from '../../http/exchange/declared-parameters.js';
import type { JsonObject } from '../../protocol/json.js';
import { numericDate } from '../../protocol/numeric-date.js';
import { firstRefusedScope } from '../../protocol/scope.js';
import type { Confirmation } from '../sender-constraint/confirmation.js';
import { AccessTokens } from '../issuance/access-tokens.js';
import type { AuthorizedAccess } from '../issuance/authorized-access.js';
import { actorClaims, claimsOfSession } from '../issuance/claims-of-session.js';
import { expiryOf } from '../issuance/lifespans.js';
import { loginClaims } from '../issuance/login-claims.js';
import { RefreshTokens } from '../issuance/refresh-tokens.js';

/** RFC 7662 §2.1. `scope` is an addition of Hydra: a token that was not granted all of these scopes is inactive. */
export const INTROSPECTION_PARAMETERS = { token: textParameter, scope: wordsParameter };

/** RFC 7662 §2.2. */
export type Introspection = { active: false } | ({ active: true } & JsonObject);

interface ActiveToken extends AuthorizedAccess {
  confirmation?: Confirmation;
  clientId: string;
  statedAudience?: string[];
  issuedAt: Date;
  expiresAt?: Date;
}

/** Determines whether a text is an active token of this server, and returns its claims. */
@Injectable()
export class IntrospectionService {
  constructor(
    private readonly accessTokens: AccessTokens,
    private readonly refreshTokens: RefreshTokens,
    private readonly subjects: SubjectIdentifiers,
    private readonly config: ConfigHolder,
  ) {}

  /** @param viewer the client that asks, which sees only tokens meant for it; without a viewer every token is visible */
  async introspect(
    { token = '', scope }: Parsed<typeof INTROSPECTION_PARAMETERS>,
    now: Date,
    viewer?: RegisteredClient,
  ): Promise<Introspection> {
    const access = await this.accessTokens.find(token, now);
    const found = access ?? (await this.refreshTokens.find(token, now));
    const audience = access?.statedAudience ?? access?.audience;
    if (!found || (viewer && !isMeantFor(viewer, found, audience))) return { active: false };
    const refused = firstRefusedScope(this.config.current.strategies.scope, found.scope, scope);
    if (refused) return { active: false };
    const use = access ? 'access_token' : 'refresh_token';
    return this.describe(found, await this.names(found, viewer), { use, now });
  }

  /** The subject of the token. A client sees the subject identifier that is meant for it (OpenID Connect Core §8). */
  private async names({ subject, clientId, session }: ActiveToken, viewer?: RegisteredClient): Promise<JsonObject> {
    const known = session.subjectIdentifier ?? subject;
    if (!viewer) return { sub: subject, ...(known === subject ? {} : { obfuscated_subject: known }) };
    if (viewer.clientId === clientId || session.subjectIdentifier === undefined) return { sub: known };
    return { sub: await this.subjects.identify(viewer, subject) };
  }

  /**
   * For a refresh token that never expires Hydra states the configured lifetime, and so does this server until that has
   * passed: who compares `exp` with the clock would take the token, which is still active, for an expired one.
   */
  private end({ issuedAt, expiresAt }: ActiveToken, now: Date): { exp?: number } {
    const end = expiresAt ?? expiryOf(issuedAt, this.config.current.ttl.refresh_token);
    return end > now ? { exp: numericDate(end) } : {};
  }

  private describe(token: ActiveToken, names: JsonObject, { use, now }: { use: string; now: Date }): Introspection {
    const iat = numericDate(token.issuedAt);
    const ext = claimsOfSession(token.session, this.config.current);
    const { authorizationDetails } = token.session;
    return {
      active: true,
      ...(token.scope.length ? { scope: token.scope.join(' ') } : {}),
      ...(token.clientId ? { client_id: token.clientId } : {}),
      ...names,
      ...this.end(token, now),
      iat,
      nbf: iat,
      aud: token.statedAudience ?? token.audience,
      iss: this.config.current.urls.self.issuer,
      token_type: token.confirmation?.kind === 'jwk thumbprint' ? 'DPoP' : 'Bearer', // RFC 9449 §6.2
      token_use: use,
      ...(token.confirmation && { cnf: token.confirmation.claim }),
      ...(use === 'access_token' && this.config.current.oauth2.step_up.enabled ? loginClaims(token.session) : {}),
      ...(Object.keys(ext).length ? { ext } : {}),
      ...actorClaims(token.session, this.config.current),
      ...(authorizationDetails && { authorization_details: authorizationDetails }), // RFC 9396 §9.2
    };
  }
}

/**
 * RFC 7662 §4: a client must not learn about tokens of others. A resource server sees access tokens that name it in their
 * audience; only its own client sees a refresh token.
 */
function isMeantFor(viewer: RegisteredClient, token: ActiveToken, audience: string[] = []): boolean {
  return token.clientId === viewer.clientId || audience.includes(viewer.clientId);
}
