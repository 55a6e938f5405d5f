/** JSON Web Keys (RFC 7517) as they are stored and published: their public part, and the check of their members. */
import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject, sign, verify } from 'node:crypto';
import type { JWK } from 'jose';
import { findRsaFault } from './rsa-bounds.js';

/** The public members of each key type (RFC 7518 §6, RFC 8037 §2). A symmetric key has no public part. */
const PUBLIC_MEMBERS = new Map<string | undefined, readonly string[]>([
  ['RSA', ['n', 'e']],
  ['EC', ['crv', 'x', 'y']],
  ['OKP', ['crv', 'x']],
]);
const DESCRIPTION = ['use', 'kty', 'kid', 'alg', 'x5u', 'x5c', 'x5t', 'x5t#S256'];

/** The public part of a key: only listed members are copied. Undefined if the key has no public part. */
export function publicPart(jwk: JWK): JWK | undefined {
  const members = PUBLIC_MEMBERS.get(jwk.kty);
  if (!members) return undefined;
  const named = [...DESCRIPTION, ...members];
  return Object.fromEntries(Object.entries(jwk).filter(([name]) => named.includes(name)));
}

/** Whether the key has its private part. */
export function isPrivate(jwk: JWK): boolean {
  return jwk.kty !== 'oct' && typeof jwk.d === 'string';
}

/** @throws if the members do not form a key. */
export function importPrivateKey(jwk: JWK): KeyObject {
  return createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' });
}

/** @throws if the members do not form a key, or form a symmetric one. */
export function importPublicKey(jwk: JWK): KeyObject {
  return createPublicKey({ key: publicPart(jwk) as JsonWebKey, format: 'jwk' });
}

/** Describes the fault of the key to its owner; undefined if the key is valid. */
export function findJwkFault(jwk: JWK): string | undefined {
  if (jwk.kty === 'oct')
    return isBase64Url(jwk.k) ? undefined : 'The member k of a symmetric key must be base64url text.';
  if (!publicPart(jwk)) return 'The member kty of the key must be one of RSA, EC, OKP and oct.';
  try {
    const publicKey = importPublicKey(jwk);
    // A short key is weak, but a long one delays other requests, so the size is checked before the key is used.
    const fault = jwk.kty === 'RSA' ? findRsaFault(publicKey, 0) : undefined;
    if (fault !== undefined) return `The RSA key cannot be used. ${fault}`;
    if (!isPrivate(jwk) || belongTogether(importPrivateKey(jwk), publicKey)) return undefined;
  } catch {
    return `The members of the key do not make a valid ${String(jwk.kty)} key (RFC 7518 §6, RFC 8037 §2).`;
  }
  return 'The private and the public part of the key do not belong together.';
}

/** Signs a probe with the private key and verifies it with the public one. Keys for key agreement cannot sign. */
function belongTogether(privateKey: KeyObject, publicKey: KeyObject): boolean {
  if (publicKey.asymmetricKeyType?.startsWith('x')) {
    return createPublicKey(privateKey).equals(publicKey);
  }
  const digest = publicKey.asymmetricKeyType?.startsWith('ed') ? undefined : 'sha256';
  const probe = Buffer.from('ostiary');
  return verify(digest, probe, publicKey, sign(digest, probe, privateKey));
}

function isBase64Url(text: unknown): boolean {
  return typeof text === 'string' && /^[A-Za-z0-9_-]+$/.test(text);
}
