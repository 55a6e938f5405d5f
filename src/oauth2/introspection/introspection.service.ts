import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import type { RegisteredClient } from '../../clients/registered-client.js';
import type { JsonObject } from '../../protocol/json.js';
import { firstRefusedScope, splitWords } from '../../protocol/scope.js';
import { SubjectIdentifiers } from '../../consent/subjects/subject-identifiers.js';
import { AccessTokens } from '../issuance/access-tokens.js';
import { seconds } from '../issuance/jwt-access-tokens.js';
import { RefreshTokens } from '../issuance/refresh-tokens.js';
import type { Right } from '../issuance/right.js';

/** RFC 7662 §2.2. */
export type Introspection = { active: false } | ({ active: true } & JsonObject);

interface ActiveToken extends Right {
  clientId: string;
  issuedAt: Date;
  expiresAt?: Date;
}

/** Says of any text whether it is a token of ours that is active now, and what it carries. */
@Injectable()
export class IntrospectionService {
  constructor(
    private readonly accessTokens: AccessTokens,
    private readonly refreshTokens: RefreshTokens,
    private readonly subjects: SubjectIdentifiers,
    private readonly config: ConfigHolder,
  ) {}

  /**
   * @param scope words that the token must all have been granted, else it is inactive
   * @param viewer the client that asks, which sees only what is meant for it; without one everything is seen
   */
  async introspect(
    token: string,
    scope: string | undefined,
    now: Date,
    viewer?: RegisteredClient,
  ): Promise<Introspection> {
    const access = await this.accessTokens.find(token, now);
    const found = access ?? (await this.refreshTokens.find(token, now));
    if (!found || (viewer && !isMeantFor(viewer, found, access?.audience))) return { active: false };
    const refused = firstRefusedScope(this.config.current.strategies.scope, found.scope, splitWords(scope));
    if (refused) return { active: false };
    return this.describe(found, await this.names(found, viewer), access ? 'access_token' : 'refresh_token');
  }

  /** Who the token is about. A client sees a person under the name that is meant for it (OpenID Connect Core §8). */
  private async names({ subject, clientId, session }: ActiveToken, viewer?: RegisteredClient): Promise<JsonObject> {
    const known = session.subjectIdentifier ?? subject;
    if (!viewer) return { sub: subject, ...(known === subject ? {} : { obfuscated_subject: known }) };
    if (viewer.clientId === clientId || session.subjectIdentifier === undefined) return { sub: known };
    return { sub: await this.subjects.identify(viewer, subject) };
  }

  private describe(token: ActiveToken, names: JsonObject, use: string): Introspection {
    const iat = seconds(token.issuedAt);
    const { accessTokenClaims } = token.session;
    return {
      active: true,
      ...(token.scope.length ? { scope: token.scope.join(' ') } : {}),
      client_id: token.clientId,
      ...names,
      ...(token.expiresAt ? { exp: seconds(token.expiresAt) } : {}),
      iat,
      nbf: iat,
      aud: token.audience,
      iss: this.config.current.urls.self.issuer,
      token_type: 'Bearer',
      token_use: use,
      ...(Object.keys(accessTokenClaims).length ? { ext: accessTokenClaims } : {}),
    };
  }
}

/**
 * RFC 7662 §4: no client may learn of tokens that are none of its business. A resource server is named in the audience of
 * access tokens; a refresh token concerns nobody but its own client.
 */
function isMeantFor(viewer: RegisteredClient, token: ActiveToken, audience: string[] = []): boolean {
  return token.clientId === viewer.clientId || audience.includes(viewer.clientId);
}
