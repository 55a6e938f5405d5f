/** Verifies the signature of a JWT (RFC 7515 §5.2), in the thread pool. */
import { KeyObject } from 'node:crypto';
import type { CryptoKey } from 'jose';
import { fitsAlgorithm, verifyBytes } from '../keys/algorithms.js';
import type { StoredKey } from '../keys/stored-key.js';
import type { UnverifiedJwt } from './compact-jwt.js';

/** Whether the key made the signature. The header must name the key's own algorithm (RFC 8725 §3.1). */
export async function isSignedBy(jwt: UnverifiedJwt, { publicKey, alg }: StoredKey): Promise<boolean> {
  return publicKey !== undefined && alg === jwt.alg && verifies(publicKey, jwt);
}

/** Whether the public key verifies the signature. The key must have the type and the size that the algorithm demands. */
export async function verifies(key: KeyObject | CryptoKey, jwt: UnverifiedJwt): Promise<boolean> {
  const keyObject = key instanceof KeyObject ? key : KeyObject.from(key);
  if (!fitsAlgorithm(jwt.alg, keyObject)) return false;
  const end = jwt.text.lastIndexOf('.');
  const signature = Buffer.from(jwt.text.slice(end + 1), 'base64url');
  if (!isWhole(signature, keyObject)) return false;
  return verifyBytes({ alg: jwt.alg, key: keyObject }, Buffer.from(jwt.text.slice(0, end)), signature);
}

/** RFC 8017 §8.1.2 step 1 demands the full length. OpenSSL also accepts a PSS signature without its leading zeros. */
function isWhole(signature: Buffer, { asymmetricKeyDetails }: KeyObject): boolean {
  const bits = asymmetricKeyDetails?.modulusLength;
  return bits === undefined || signature.length === Math.ceil(bits / 8);
}
