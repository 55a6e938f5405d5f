/** ID tokens (OpenID Connect Core §2): claims, hashes, and what userinfo shows of them. */
import { createHash, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { RegisteredClient } from '../../clients/registered-client.js';
import { ConfigHolder } from '../../config/config-holder.js';
import { JwtSigner } from '../../keys/jwt-signer.js';
import { ID_TOKEN_KEY_SET, MIN_ENTROPY_CHARACTERS } from '../../protocol/constants.js';
import type { JsonObject } from '../../protocol/json.js';
import { insufficientEntropy } from '../../protocol/oauth-error.js';
import type { GrantSession } from './grant-session.js';
import { seconds } from './jwt-access-tokens.js';

/** Claims that the consent app or a hook can neither set nor replace. */
const RESERVED = new Set([
  ...['iss', 'sub', 'aud', 'exp', 'iat', 'jti', 'rat', 'nonce', 'auth_time', 'acr', 'amr', 'sid'],
  ...['at_hash', 'c_hash'],
]);

export interface IdTokenRequest {
  client: RegisteredClient;
  session: GrantSession;
  now: Date;
  /** Seconds. */
  lifespan: number;
  /** Issued beside it: hashed into `at_hash` and `c_hash`. */
  accessToken?: string;
  code?: string;
}

@Injectable()
export class IdTokens {
  constructor(
    private readonly signer: JwtSigner,
    private readonly config: ConfigHolder,
  ) {}

  /** @throws where no key can sign, before anything is spent */
  async prepare(): Promise<void> {
    await this.signer.algorithm(ID_TOKEN_KEY_SET);
  }

  /** @throws OAuthError insufficient_entropy */
  async mint(request: IdTokenRequest): Promise<string> {
    const { client, session, now, lifespan } = request;
    requireEntropy(session.nonce);
    const claims = (algorithm: string): object => ({
      ...this.personClaims(client, session),
      ...(session.nonce ? { nonce: session.nonce } : {}),
      ...(session.sid ? { sid: session.sid } : {}),
      iat: seconds(now),
      exp: seconds(now) + Math.floor(lifespan),
      jti: randomUUID(),
      ...(request.accessToken ? { at_hash: halfHash(algorithm, request.accessToken) } : {}),
      ...(request.code ? { c_hash: halfHash(algorithm, request.code) } : {}),
    });
    return this.signer.sign(ID_TOKEN_KEY_SET, claims);
  }

  /** What userinfo (OpenID Connect Core §5.3) shows: the claims without those about one token. */
  userinfo(client: RegisteredClient, session: GrantSession, issuedAt: Date): JsonObject {
    return { ...this.personClaims(client, session), iat: seconds(issuedAt) };
  }

  private personClaims(client: RegisteredClient, session: GrantSession): JsonObject {
    const acr = session.acr ? session.acr : session.acrRequested ? '0' : undefined;
    return {
      ...Object.fromEntries(Object.entries(session.idTokenClaims).filter(([name]) => !RESERVED.has(name))),
      iss: this.config.current.urls.self.issuer,
      ...(session.subjectIdentifier ? { sub: session.subjectIdentifier } : {}),
      aud: [client.clientId],
      ...(session.requestedAt ? { rat: session.requestedAt } : {}),
      ...(session.authTime ? { auth_time: session.authTime } : {}),
      ...(acr ? { acr } : {}),
      ...(session.amr?.length ? { amr: session.amr } : {}),
    };
  }
}

/** A nonce that is sent has at least eight characters. */
export function requireEntropy(nonce: string | undefined): void {
  if (nonce === undefined || nonce.length >= MIN_ENTROPY_CHARACTERS) return;
  throw insufficientEntropy(`Parameter 'nonce' must have at least ${MIN_ENTROPY_CHARACTERS} characters.`);
}

/** OpenID Connect Core §3.1.3.6: the left half of the hash that belongs to the signature's algorithm. */
function halfHash(algorithm: string, text: string): string {
  const bits = /\d{3}$/.exec(algorithm)?.[0] ?? '512'; // EdDSA with Ed25519 hashes with SHA-512
  const hash = createHash(`sha${bits}`).update(text).digest();
  return hash.subarray(0, hash.length / 2).toString('base64url');
}
