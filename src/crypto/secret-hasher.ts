/**
 * Hashes of client secrets. New ones are PBKDF2-SHA256 or bcrypt, as configured. A stored hash names its algorithm, so that
 * hashes of either, and imported argon2 ones, verify under any configuration. Hashing is intentionally expensive: callers go
 * through `HashingQueue`. Comparison takes constant time.
 */
import { bcryptHash, dummyBcryptHash, isBcryptHash, isWholeBcryptHash, verifyBcrypt } from './secret-hasher-bcrypt.js';
import { dummyPbkdf2Hash, isPbkdf2Hash, isWholePbkdf2Hash, pbkdf2Hash, verifyPbkdf2 } from './secret-hasher-pbkdf2.js';

export { BCRYPT_MAX_BYTES } from './secret-hasher-bcrypt.js';

export type HashAlgorithm = { name: 'pbkdf2'; iterations: number } | { name: 'bcrypt'; cost: number };

/** RFC 9106, in the PHC string format. */
const ARGON2 =
  /^\$argon2(?:id|i|d)\$v=(?:16|19)\$m=\d{1,10},t=\d{1,10},p=\d{1,8}\$[A-Za-z0-9+/]{11,}\$[A-Za-z0-9+/]{16,}$/;

/** Returns the text to store. @throws Error for bcrypt where the secret is longer than `BCRYPT_MAX_BYTES`. */
export function hashSecret(secret: string, algorithm: HashAlgorithm): Promise<string> {
  return algorithm.name === 'bcrypt' ? bcryptHash(secret, algorithm.cost) : pbkdf2Hash(secret, algorithm.iterations);
}

/** Whether the hash is one of this secret. An unknown format or a damaged hash matches no secret. */
export async function verifySecret(secret: string, hash: string): Promise<boolean> {
  if (isPbkdf2Hash(hash)) return verifyPbkdf2(secret, hash);
  if (isBcryptHash(hash)) return verifyBcrypt(secret, hash);
  if (/^\$argon2(id|i|d)\$/.test(hash)) return verifyArgon2(secret, hash);
  return false;
}

/** Whether `verifySecret` can compute the hash: its format is known, and it is not damaged. */
export function isVerifiableHash(hash: string): boolean {
  return isWholePbkdf2Hash(hash) || isWholeBcryptHash(hash) || ARGON2.test(hash);
}

/** Such hashes are rare: the native module is loaded when the first one is used. */
async function verifyArgon2(secret: string, hash: string): Promise<boolean> {
  const { verify } = await import('@node-rs/argon2');
  return verify(hash, secret).catch(() => false);
}

/** A hash that no secret matches. Verifying against it costs as much as against a real one of this algorithm. */
export function dummyHash(algorithm: HashAlgorithm): string {
  return algorithm.name === 'bcrypt' ? dummyBcryptHash(algorithm.cost) : dummyPbkdf2Hash(algorithm.iterations);
}
