import { createLocalJWKSet, type CryptoKey, errors, type JWK } from 'jose';
import { fitsEncryption, type KeyEncryptionAlgorithm } from '../keys/encryption-algorithms.js';
import { publicPart } from '../keys/jwk.js';
import { isJsonObject, type JsonObject } from '../protocol/json.js';
import { sizeOf } from '../protocol/json-size.js';
import type { UnverifiedJwt } from './compact-jwt.js';
import { verifies } from './verify-signature.js';

/** The number of keys that are tried for a JWT without `kid`. */
const MAX_CANDIDATES = 10;

/** The memory that an imported key takes, mostly outside of the JavaScript heap. Measured for RSA, the largest. */
const IMPORTED_BYTES = 6_000;

export type Verdict = 'verified' | 'no key' | 'wrong signature';

/**
 * The public keys of another party (RFC 7517 §5). jose selects a key by `kid`, `use`, `alg` and type, and imports it at
 * its first use, once for each algorithm. Strangers choose the algorithm, so imported keys are kept for the last one only.
 */
export class JwkSet {
  /** About how many bytes the set takes when all its keys are imported. */
  readonly size: number;
  private choose: ReturnType<typeof createLocalJWKSet>;
  /** The algorithm that keys were imported for. */
  private alg?: string;
  /** The key that was last encrypted to. jose imports it once for as long as the object lives. */
  private recipient?: { alg: KeyEncryptionAlgorithm; key: JWK | undefined };

  constructor(keys: readonly unknown[]) {
    const usable = keys.flatMap((key) => (isJsonObject(key) ? (publicPart(withoutNullMembers(key)) ?? []) : []));
    this.size = sizeOf(usable) + IMPORTED_BYTES * usable.length; // no key both verifies and is encrypted to, but for odd ones
    this.choose = createLocalJWKSet({ keys: usable });
  }

  /** The keys with their public members. */
  get keys(): readonly JWK[] {
    return this.choose.jwks().keys;
  }

  /** Whether one of the keys made the signature. */
  async judge(jwt: UnverifiedJwt): Promise<Verdict> {
    try {
      return verdict(await verifies(await this.key(jwt), jwt));
    } catch (error) {
      if (error instanceof errors.JWKSNoMatchingKey) return 'no key';
      if (error instanceof errors.JWKSMultipleMatchingKeys) return verdict(await verifiesOne(error, jwt));
      return 'wrong signature'; // the key cannot be imported
    }
  }

  /** The first key that a JWE for the owner of the set may be encrypted to (RFC 7516 §5.1). */
  recipientOf(alg: KeyEncryptionAlgorithm): JWK | undefined {
    if (this.recipient?.alg !== alg) {
      this.recipient = { alg, key: this.choose.jwks().keys.find((key) => fitsEncryption(alg, key)) };
    }
    return this.recipient.key;
  }

  private key({ alg, kid }: UnverifiedJwt): Promise<CryptoKey> {
    const isImportedForAnother = this.alg !== undefined && this.alg !== alg;
    if (isImportedForAnother) this.choose = createLocalJWKSet(this.choose.jwks());
    this.alg = alg;
    return this.choose({ alg, kid });
  }
}

/** Some parties publish `"alg": null`. jose takes that for an algorithm which no JWT has. */
function withoutNullMembers(key: JsonObject): JWK {
  return Object.fromEntries(Object.entries(key).filter(([, member]) => member !== null));
}

async function verifiesOne(keys: AsyncIterable<CryptoKey>, jwt: UnverifiedJwt): Promise<boolean> {
  let tried = 0;
  for await (const key of keys) {
    if (await verifies(key, jwt)) return true;
    if (++tried === MAX_CANDIDATES) return false;
  }
  return false;
}

function verdict(isVerified: boolean): Verdict {
  return isVerified ? 'verified' : 'wrong signature';
}
