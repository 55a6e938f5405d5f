/** JWT access tokens in Hydra's format; `typ` follows RFC 9068 §2.1 if configured. They have a row as other tokens do. */
import { Injectable } from '@nestjs/common';
import { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { bucketOf } from '../../database/buckets.js';
import { JwtVerifier } from '../../jwt/jwt-verifier.js';
import { JwtSigner } from '../../keys/jwt-signer.js';
import type { Signer } from '../../keys/signer.js';
import { ACCESS_TOKEN_KEY_SET } from '../../protocol/constants.js';
import { type JsonObject, type JsonValue } from '../../protocol/json.js';
import { numericDate } from '../../protocol/numeric-date.js';
import type { AccessTokenDraft } from './access-token-draft.js';
import type { AuthorizedAccess } from './authorized-access.js';
import { ImportedTokens } from './imported-tokens.js';

/** Claims of this server that no session claim may replace. */
const RESERVED = new Set(['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'client_id', 'scp', 'ext']);
/** The `jti` of this server, a UUID v7. Hydra writes UUIDs v4. */
const OWN_JTI = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

interface JwtPlace {
  bucket: number;
  id: string;
  /** Only a JWT of Hydra has one. */
  digest?: Buffer;
}

@Injectable()
export class JwtAccessTokens {
  constructor(
    private readonly signer: JwtSigner,
    private readonly verifier: JwtVerifier,
    private readonly imported: ImportedTokens,
    private readonly config: ConfigHolder,
  ) {}

  /** The signing key of tokens. @throws if no key can sign, before anything is spent */
  prepare(): Promise<Signer> {
    return this.signer.prepare(ACCESS_TOKEN_KEY_SET);
  }

  /** @param signer from `prepare` */
  sign(draft: AccessTokenDraft, client: RegisteredClient, access: AuthorizedAccess, signer: Signer): Promise<string> {
    const { typ } = this.config.current.strategies.jwt;
    return this.signer.signWith(signer, this.claims(draft, client, access), typ);
  }

  /** The place of a token that a key of this server signed, here or at Hydra; undefined for every other text. */
  async locate(token: string, now: Date): Promise<JwtPlace | undefined> {
    const verified = await this.verifier.verify(ACCESS_TOKEN_KEY_SET, token);
    if (!verified) return undefined;
    const { jti, exp, iat } = verified.payload;
    if (typeof jti !== 'string' || !OWN_JTI.test(jti)) return this.imported.jwt(token);
    if (typeof exp !== 'number' || typeof iat !== 'number') return undefined;
    if (exp * 1000 + 1000 <= now.getTime()) return undefined; // the row contains the fraction of the second
    return { bucket: bucketOf(new Date(exp * 1000), new Date(iat * 1000)), id: jti };
  }

  /** The client in a token of this server, even if the token has expired. */
  async clientOf(token: string): Promise<string | undefined> {
    const { client_id: clientId } = (await this.verifier.verify(ACCESS_TOKEN_KEY_SET, token))?.payload ?? {};
    return typeof clientId === 'string' ? clientId : undefined;
  }

  private claims(draft: AccessTokenDraft, client: RegisteredClient, access: AuthorizedAccess): JsonObject {
    const { oauth2, strategies, urls } = this.config.current;
    const iat = numericDate(draft.issuedAt);
    return {
      ...this.topLevel(access.session.accessTokenClaims),
      iss: urls.self.issuer,
      sub: access.subject,
      aud: access.audience,
      ...(client.clientId ? { client_id: client.clientId } : {}),
      exp: numericDate(draft.expiresAt),
      iat,
      ...(oauth2.exclude_not_before_claim ? {} : { nbf: iat }),
      jti: draft.id,
      ...(strategies.jwt.scope_claim === 'string' ? {} : { scp: access.scope }),
      ...(strategies.jwt.scope_claim === 'list' ? {} : { scope: access.scope.join(' ') }),
      ...this.ext(access.session.accessTokenClaims),
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
