/** JWT access tokens. They have a row as other tokens do. */
import { Injectable } from '@nestjs/common';
import { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { bucketOf } from '../../database/buckets.js';
import { isOfKind, isPlain, JWT_KINDS } from '../../jwt/jwt-kind.js';
import { JwtVerifier } from '../../jwt/jwt-verifier.js';
import { JwtSigner } from '../../keys/jwt-signer.js';
import type { Signer } from '../../keys/signer.js';
import { ACCESS_TOKEN_KEY_SET } from '../../protocol/constants.js';
import type { JsonObject } from '../../protocol/json.js';
import { isUuidV7 } from '../../protocol/uuid.js';
import { accessTokenClaims, accessTokenType } from './access-token-claims.js';
import type { AccessTokenDraft } from './access-token-draft.js';
import type { AuthorizedAccess } from './authorized-access.js';
import { ImportedTokens } from './imported-tokens.js';

interface JwtPlace {
  bucket: number;
  id: string;
  /** Only a JWT of Hydra has one. */
  digest?: Buffer;
  /** Its claim `aud`. */
  audience?: string[];
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
    const { current } = this.config;
    return this.signer.signWith(signer, accessTokenClaims(draft, client, access, current), accessTokenType(current));
  }

  /** The place of a token that a key of this server signed, here or at Hydra; undefined for every other text. */
  async locate(token: string, now: Date): Promise<JwtPlace | undefined> {
    const payload = await this.read(token);
    if (!payload) return undefined;
    const { jti, exp, iat, aud } = payload;
    if (typeof jti !== 'string' || !isUuidV7(jti)) return this.imported.jwt(token);
    if (typeof exp !== 'number' || typeof iat !== 'number') return undefined;
    if (exp * 1000 + 1000 <= now.getTime()) return undefined; // the row contains the fraction of the second
    const place = { bucket: bucketOf(new Date(exp * 1000), new Date(iat * 1000)), id: jti };
    return Array.isArray(aud) ? { ...place, audience: aud.map(String) } : place;
  }

  /** The client in a token of this server, even if the token has expired. */
  async clientOf(token: string): Promise<string | undefined> {
    const { client_id: clientId } = (await this.read(token)) ?? {};
    return typeof clientId === 'string' ? clientId : undefined;
  }

  /**
   * RFC 9068 §4, RFC 8725 §3.11: a JWT of another kind is no access token, whichever key signed it. Tokens of both types are
   * accepted, so that those in use outlive a change of the configuration.
   */
  private async read(token: string): Promise<JsonObject | undefined> {
    const verified = await this.verifier.verify(ACCESS_TOKEN_KEY_SET, token);
    const typ = verified?.header.typ;
    return isPlain(typ) || isOfKind(typ, JWT_KINDS.accessToken) ? verified?.payload : undefined;
  }
}
