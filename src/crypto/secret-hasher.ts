/**
 * Hashes of client secrets. New ones are PBKDF2-SHA256 or bcrypt, as configured; what is stored names its algorithm, so
 * that hashes of either, and argon2 ones brought from elsewhere, verify whatever is configured now.
 * Hashing is costly by intent: callers go through `HashingQueue`. Comparison takes constant time.
 */
import { bcryptHash, dummyBcryptHash, isBcryptHash, verifyBcrypt } from './secret-hasher-bcrypt.js';
import { dummyPbkdf2Hash, isPbkdf2Hash, pbkdf2Hash, verifyPbkdf2 } from './secret-hasher-pbkdf2.js';

export { BCRYPT_MAX_BYTES } from './secret-hasher-bcrypt.js';

export type HashAlgorithm = { name: 'pbkdf2'; iterations: number } | { name: 'bcrypt'; cost: number };

/** The text to store. @throws Error for bcrypt where the secret is longer than `BCRYPT_MAX_BYTES`. */
export function hashSecret(secret: string, algorithm: HashAlgorithm): Promise<string> {
  return algorithm.name === 'bcrypt' ? bcryptHash(secret, algorithm.cost) : pbkdf2Hash(secret, algorithm.iterations);
}

/** Whether the hash is one of this secret. What has no known form, or is damaged, is a hash of nothing. */
export async function verifySecret(secret: string, hash: string): Promise<boolean> {
  if (isPbkdf2Hash(hash)) return verifyPbkdf2(secret, hash);
  if (isBcryptHash(hash)) return verifyBcrypt(secret, hash);
  if (/^\$argon2(id|i|d)\$/.test(hash)) return verifyArgon2(secret, hash);
  return false;
}

/** Few have such hashes: the native module is loaded where there is one. */
async function verifyArgon2(secret: string, hash: string): Promise<boolean> {
  const { verify } = await import('@node-rs/argon2');
  return verify(hash, secret).catch(() => false);
}

/** A hash that no secret has. To verify against it costs what it costs against a true one of this algorithm. */
export function dummyHash(algorithm: HashAlgorithm): string {
  return algorithm.name === 'bcrypt' ? dummyBcryptHash(algorithm.cost) : dummyPbkdf2Hash(algorithm.iterations);
}
