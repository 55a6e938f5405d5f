/** Verifies the signature of a JWT (RFC 7515 §5.2) with jose, in the thread pool. */
import { KeyObject } from 'node:crypto';
import { compactVerify, type CryptoKey } from 'jose';
import { fitsAlgorithm } from '../keys/algorithms.js';
import type { StoredKey } from '../keys/stored-key.js';
import type { UnverifiedJwt } from './compact-jwt.js';

/** Whether the key made the signature. The header must name the key's own algorithm (RFC 8725 §3.1). */
export async function isSignedBy(jwt: UnverifiedJwt, { publicKey, alg }: StoredKey): Promise<boolean> {
  return publicKey !== undefined && alg === jwt.alg && verifies(publicKey, jwt);
}

/** Whether the public key verifies the signature. The key must have the type and the size that the algorithm demands. */
export async function verifies(key: KeyObject | CryptoKey, jwt: UnverifiedJwt): Promise<boolean> {
  const keyObject = key instanceof KeyObject ? key : KeyObject.from(key);
  if (!fitsAlgorithm(jwt.alg, keyObject) || !isWhole(jwt, keyObject)) return false;
  try {
    await compactVerify(jwt.text, key, { algorithms: [jwt.alg] });
    return true;
  } catch {
    return false;
  }
}

/** RFC 8017 §8.1.2 step 1 demands the full length. OpenSSL also accepts a PSS signature without its leading zeros. */
function isWhole({ text }: UnverifiedJwt, { asymmetricKeyDetails }: KeyObject): boolean {
  const bits = asymmetricKeyDetails?.modulusLength;
  const signature = text.slice(text.lastIndexOf('.') + 1);
  return bits === undefined || Buffer.byteLength(signature, 'base64url') === Math.ceil(bits / 8);
}
