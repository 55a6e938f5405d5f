/** ID tokens (OpenID Connect Core §2): their claims and hashes, and the claims of userinfo. */
import { createHash, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { RegisteredClient } from '../../clients/registered-client.js';
import { type Encrypt, ResponseEncryption } from '../../clients/response-encryption.js';
import { ResponseAlgorithms } from '../../clients/security-profile/response-algorithms.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { JwtSigner } from '../../keys/jwt-signer.js';
import type { Signer } from '../../keys/signer.js';
import { ID_TOKEN_KEY_SET } from '../../protocol/constants.js';
import type { JsonObject } from '../../protocol/json.js';
import { numericDate } from '../../protocol/numeric-date.js';
import { claimsOfIdToken, claimsOfUserinfo } from './claim-delivery.js';
import type { GrantSession } from './grant-session.js';
import { LOGIN_CLAIMS, loginClaims } from './login-claims.js';

/** Claims that the consent app or a hook can neither set nor replace. */
const RESERVED = new Set([
  ...['iss', 'sub', 'aud', 'exp', 'iat', 'jti', 'rat', 'nonce', 'sid', 'at_hash', 'c_hash'],
  ...LOGIN_CLAIMS,
]);

interface IdTokenRequest {
  client: RegisteredClient;
  session: GrantSession;
  now: Date;
  /** The lifespan in seconds. */
  lifespan: number;
  /** The access token and the code of the same response, hashed into `at_hash` and `c_hash`. */
  accessToken?: string;
  code?: string;
  /** The keys from `prepare`. */
  keys: IdTokenKeys;
}

/** What makes an ID token for a client. It is encrypted if the client registered for that. */
export interface IdTokenKeys {
  signer: Signer;
  encrypt?: Encrypt;
}

@Injectable()
export class IdTokens {
  constructor(
    private readonly signer: JwtSigner,
    private readonly algorithms: ResponseAlgorithms,
    private readonly encryption: ResponseEncryption,
    private readonly config: ConfigHolder,
  ) {}

  /** The keys of the token. @throws if no key can sign or encrypt, before anything is spent */
  async prepare(client: RegisteredClient): Promise<IdTokenKeys> {
    const alg = await this.algorithms.of(client, client.metadata.id_token_signed_response_alg);
    const signer = await this.signer.prepare(ID_TOKEN_KEY_SET, alg);
    return { signer, encrypt: await this.encryption.prepare(client, 'id_token') };
  }

  /** The nonce was checked in the authorization request. Nothing may fail here, because the grant is already spent. */
  async mint(request: IdTokenRequest): Promise<string> {
    const { client, session, now, lifespan, keys } = request;
    const claims = (algorithm: string): object => ({
      ...this.personClaims(client, session, this.claimsOf(request)),
      ...(session.nonce ? { nonce: session.nonce } : {}),
      ...(session.sid ? { sid: session.sid } : {}),
      iat: numericDate(now),
      exp: numericDate(now) + Math.floor(lifespan),
      jti: randomUUID(),
      ...(request.accessToken ? { at_hash: halfHash(algorithm, request.accessToken) } : {}),
      ...(request.code ? { c_hash: halfHash(algorithm, request.code) } : {}),
    });
    const signed = await this.signer.signWith(keys.signer, claims);
    return keys.encrypt ? keys.encrypt(signed, 'JWT') : signed; // OpenID Connect Core §10.2
  }

  /** The claims of userinfo (OpenID Connect Core §5.3): those of the ID token without the ones about a single token. */
  userinfo(client: RegisteredClient, session: GrantSession, issuedAt: Date): JsonObject {
    return { ...this.personClaims(client, session, claimsOfUserinfo(session)), iat: numericDate(issuedAt) };
  }

  /** OpenID Connect Core §5.4: if an access token is issued too, the claims of the scopes are in userinfo only. */
  private claimsOf({ session, accessToken, code }: IdTokenRequest): JsonObject {
    const minimal = this.config.current.oidc.id_token_claims === 'minimal';
    return claimsOfIdToken(session, minimal && (accessToken ?? code) !== undefined);
  }

  private personClaims(client: RegisteredClient, session: GrantSession, claims: JsonObject): JsonObject {
    const { oidc, oauth2, urls } = this.config.current;
    const isActor = (name: string): boolean => name === 'act' && oauth2.token_exchange.enabled; // RFC 8693 §4.1
    return {
      ...Object.fromEntries(Object.entries(claims).filter(([name]) => !RESERVED.has(name) && !isActor(name))),
      iss: urls.self.issuer,
      ...(session.subjectIdentifier ? { sub: session.subjectIdentifier } : {}),
      aud: [client.clientId],
      ...(session.requestedAt && oidc.requested_at_claim ? { rat: session.requestedAt } : {}),
      ...loginClaims(session),
    };
  }
}

/** OpenID Connect Core §3.1.3.6: the left half of the hash that belongs to the signature's algorithm. */
function halfHash(algorithm: string, text: string): string {
  const bits = /\d{3}$/.exec(algorithm)?.[0] ?? '512'; // EdDSA with Ed25519 hashes with SHA-512
  const hash = createHash(`sha${bits}`).update(text).digest();
  return hash.subarray(0, hash.length / 2).toString('base64url');
}
