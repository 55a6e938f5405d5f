/** JWTs that a client signed: verified with the keys it registered, by value (`jwks`) or by address (`jwks_uri`). */
import { Injectable } from '@nestjs/common';
import type { JWK } from 'jose';
import { fitsAlgorithm, verifyBytes } from '../keys/algorithms.js';
import { parseJwt, type UnverifiedJwt, type VerifiedJwt } from '../keys/compact-jwt.js';
import { importPublicKey } from '../keys/jwk.js';
import { RegisteredClient } from './registered-client.js';
import { RemoteKeySets } from './remote-key-sets.js';

/** Without `kid` so many keys are tried. */
const MAX_CANDIDATES = 10;

/** No key of the client is the one that the JWT names, or one for its algorithm. */
export class ClientKeyNotFound extends Error {
  constructor() {
    super('The client has no such key.');
    this.name = 'ClientKeyNotFound';
  }
}

/** The JWT is malformed, signed with an algorithm that is not wanted, or its signature does not verify. */
export class ClientJwtInvalid extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ClientJwtInvalid';
  }
}

@Injectable()
export class ClientKeys {
  constructor(private readonly remote: RemoteKeySets) {}

  /**
   * Header and payload, once the signature is proven. Claims are the caller's to judge.
   * @throws ClientKeyNotFound, ClientKeysUnreachable, ClientJwtInvalid
   */
  async verify(client: RegisteredClient, jwt: string, want: { algorithms: readonly string[] }): Promise<VerifiedJwt> {
    const parsed = parseJwt(jwt);
    if (!parsed) throw new ClientJwtInvalid('It is no signed JWT.');
    if (!want.algorithms.includes(parsed.alg)) throw new ClientJwtInvalid(`${parsed.alg} is not wanted.`);
    const verdict = await this.judge(client, parsed);
    if (verdict === 'no key') throw new ClientKeyNotFound();
    if (verdict === 'wrong signature') throw new ClientJwtInvalid('The signature does not verify.');
    return { header: parsed.header, payload: parsed.payload };
  }

  private async judge(client: RegisteredClient, jwt: UnverifiedJwt): Promise<Verdict> {
    const { jwks, jwks_uri: uri } = client.metadata;
    if (uri === undefined) return judgeBy(jwt, jwks?.keys ?? []);
    const verdict = judgeBy(jwt, await this.remote.keys(client, uri));
    if (!mayBeRotated(jwt, verdict)) return verdict;
    const fresh = await this.remote.refreshed(client, uri);
    return fresh ? judgeBy(jwt, fresh) : verdict;
  }
}

type Verdict = 'verified' | 'no key' | 'wrong signature';

function judgeBy(jwt: UnverifiedJwt, keys: readonly JWK[]): Verdict {
  const candidates = keys.filter((key) => isCandidate(jwt, key)).slice(0, MAX_CANDIDATES);
  if (!candidates.length) return 'no key';
  return candidates.some((key) => isSignedWith(jwt, key)) ? 'verified' : 'wrong signature';
}

/** A key that was published since may be the right one; where the named key is known it is the one. */
function mayBeRotated(jwt: UnverifiedJwt, verdict: Verdict): boolean {
  return verdict === 'no key' || (verdict === 'wrong signature' && jwt.kid === undefined);
}

/** RFC 7517 §4: the key that is named, for signatures, for this algorithm. */
function isCandidate(jwt: UnverifiedJwt, key: JWK): boolean {
  if (jwt.kid !== undefined && key.kid !== jwt.kid) return false;
  return (key.use ?? 'sig') === 'sig' && (key.alg ?? jwt.alg) === jwt.alg;
}

function isSignedWith({ alg, signingInput, signature }: UnverifiedJwt, key: JWK): boolean {
  try {
    const publicKey = importPublicKey(key);
    return fitsAlgorithm(alg, publicKey) && verifyBytes(alg, publicKey, signingInput, signature);
  } catch {
    return false; // no key that could be imported
  }
}
