/** JWT access tokens in the reference's form; `typ` is that of RFC 9068 §2.1 where configured. They have a row like any other. */
import { Injectable } from '@nestjs/common';
import { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { bucketOf } from '../../database/buckets.js';
import { JwtSigner } from '../../keys/jwt-signer.js';
import { JwtVerifier } from '../../keys/jwt-verifier.js';
import { ACCESS_TOKEN_KEY_SET } from '../../protocol/constants.js';
import { type JsonObject, type JsonValue } from '../../protocol/json.js';
import type { AccessTokenDraft } from './access-token-draft.js';
import type { Right } from './right.js';

/** Claims of ours that no session claim may replace. */
const RESERVED = new Set(['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'client_id', 'scp', 'ext']);
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

@Injectable()
export class JwtAccessTokens {
  constructor(
    private readonly signer: JwtSigner,
    private readonly verifier: JwtVerifier,
    private readonly config: ConfigHolder,
  ) {}

  /** @throws where no key can sign, before anything is spent */
  async prepare(): Promise<void> {
    await this.signer.algorithm(ACCESS_TOKEN_KEY_SET);
  }

  sign(draft: AccessTokenDraft, client: RegisteredClient, right: Right): Promise<string> {
    const { typ } = this.config.current.strategies.jwt;
    return this.signer.sign(ACCESS_TOKEN_KEY_SET, this.claims(draft, client, right), { typ });
  }

  /** The bucket and id of a token that we signed; undefined for every other text. */
  async locate(token: string, now: Date): Promise<{ bucket: number; id: string } | undefined> {
    const verified = await this.verifier.verify(ACCESS_TOKEN_KEY_SET, token);
    const { jti, exp, iat } = verified?.payload ?? {};
    if (typeof jti !== 'string' || !UUID.test(jti) || typeof exp !== 'number' || typeof iat !== 'number')
      return undefined;
    if (exp * 1000 + 1000 <= now.getTime()) return undefined; // the row knows the fraction of the second
    return { bucket: bucketOf(new Date(exp * 1000), new Date(iat * 1000)), id: jti };
  }

  private claims(draft: AccessTokenDraft, client: RegisteredClient, right: Right): JsonObject {
    const { oauth2, strategies, urls } = this.config.current;
    const iat = seconds(draft.issuedAt);
    return {
      ...this.topLevel(right.session.accessTokenClaims),
      iss: urls.self.issuer,
      sub: right.subject,
      aud: right.audience,
      client_id: client.clientId,
      exp: seconds(draft.expiresAt),
      iat,
      ...(oauth2.exclude_not_before_claim ? {} : { nbf: iat }),
      jti: draft.id,
      ...(strategies.jwt.scope_claim === 'string' ? {} : { scp: right.scope }),
      ...(strategies.jwt.scope_claim === 'list' ? {} : { scope: right.scope.join(' ') }),
      ...this.ext(right.session.accessTokenClaims),
    };
  }

  private topLevel(claims: JsonObject): JsonObject {
    const allowed = this.config.current.oauth2.allowed_top_level_claims;
    return Object.fromEntries(Object.entries(claims).filter(([name]) => allowed.includes(name) && !RESERVED.has(name)));
  }

  private ext(claims: JsonObject): { ext?: JsonValue } {
    const { mirror_top_level_claims, preserve_ext_claims, allowed_top_level_claims } = this.config.current.oauth2;
    if (mirror_top_level_claims) return { ext: claims };
    if (!preserve_ext_claims) return {};
    const rest = Object.entries(claims).filter(([name]) => !allowed_top_level_claims.includes(name));
    return { ext: Object.fromEntries(rest) };
  }
}

/** Dates in tokens are whole seconds. */
export function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
