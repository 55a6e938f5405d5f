/**
 * Public keys of other parties: clients (inline or at their `jwks_uri`) and trusted issuers. Their owners may be
 * malicious, so each incoming key is checked here, and their number is limited.
 */
import { diffieHellman, generateKeyPairSync } from 'node:crypto';
import type { JWK } from 'jose';
import { isJsonObject } from '../protocol/json.js';
import { findJwkFault, importPublicKey, publicPart } from './jwk.js';
import { findRsaFault } from './rsa-bounds.js';

/** The number of keys that one client may have. */
export const MAX_FOREIGN_KEYS = 20;

/** Describes the fault of another party's key to its owner; undefined if the key is acceptable for verification. */
export async function findForeignKeyFault(key: unknown): Promise<string | undefined> {
  if (!isJsonObject(key)) return 'a key is a JSON object.';
  const jwk: JWK = key;
  if (jwk.kty === 'oct') return 'it is a symmetric key: send public ones only.';
  const fault = findJwkFault(jwk);
  if (fault !== undefined) return fault;
  if (jwk.kty === 'RSA') return findRsaFault(importPublicKey(jwk));
  return jwk.kty === 'OKP' && !(await isOnCurve(jwk))
    ? 'it is no point of its curve, or one of small order (RFC 7748 §6, RFC 8032 §5).'
    : undefined;
}

/**
 * The public parts of those keys that are acceptable for verification. Other keys are ignored (RFC 7517 §5).
 * @throws Error if the list is longer than `MAX_FOREIGN_KEYS`
 */
export async function usableForeignKeys(keys: readonly unknown[]): Promise<JWK[]> {
  if (keys.length > MAX_FOREIGN_KEYS) throw new Error(`There are more than ${MAX_FOREIGN_KEYS} keys.`);
  const usable: JWK[] = [];
  for (const key of keys) {
    const jwk = isJsonObject(key) ? publicPart(key) : undefined;
    if (jwk && !(await findForeignKeyFault(jwk))) usable.push(jwk);
  }
  return usable;
}

/**
 * OpenSSL accepts any bytes as a point of an Edwards curve. A point off the curve verifies nothing, and for a point of
 * small order anybody can forge signatures. Such keys are rare, so the curve arithmetic is loaded on demand.
 */
async function isOnCurve({ crv, x = '' }: JWK): Promise<boolean> {
  if (crv === 'X25519' || crv === 'X448') return isAgreeable({ kty: 'OKP', crv, x });
  if (crv !== 'Ed25519' && crv !== 'Ed448') return true;
  try {
    const { Point } =
      crv === 'Ed25519'
        ? (await import('@noble/curves/ed25519.js')).ed25519
        : (await import('@noble/curves/ed448.js')).ed448;
    return !Point.fromHex(Buffer.from(x, 'base64url').toString('hex')).isSmallOrder();
  } catch {
    return false;
  }
}

/** RFC 7748 §6, RFC 8037 §3.2: a secret that is shared with a point of small order is no secret. OpenSSL then makes none. */
function isAgreeable(jwk: JWK): boolean {
  const { privateKey } = jwk.crv === 'X448' ? generateKeyPairSync('x448') : generateKeyPairSync('x25519');
  try {
    return diffieHellman({ privateKey, publicKey: importPublicKey(jwk) }).length > 0;
  } catch {
    return false;
  }
}
