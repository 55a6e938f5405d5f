/**
 * bcrypt, computed by a native module in the thread pool, which is loaded when the first such hash is used. Secrets beyond 72
 * bytes are refused instead of truncated.
 */
import { randomFrom } from './random.js';

/** bcrypt ignores the bytes of a secret beyond this length. */
export const BCRYPT_MAX_BYTES = 72;
/** Revision, then cost, salt and key. The revisions mark faults of old implementations; their results are the same. */
const FORM = /^\$2[abyz]?(\$\d\d\$[./A-Za-z0-9]{53})$/;
const ALPHABET = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const SALT_LETTERS = 22;
const KEY_LETTERS = 31;

export function isBcryptHash(hash: string): boolean {
  return /^\$2[abyz]?\$/.test(hash);
}

/** Whether nothing of the hash is missing. */
export function isWholeBcryptHash(hash: string): boolean {
  return FORM.test(hash);
}

export async function bcryptHash(secret: string, cost: number): Promise<string> {
  const bytes = Buffer.from(secret);
  if (bytes.length > BCRYPT_MAX_BYTES) throw new Error(`bcrypt takes secrets of at most ${BCRYPT_MAX_BYTES} bytes.`);
  const { hash } = await import('@node-rs/bcrypt');
  return hash(bytes, cost);
}

export async function verifyBcrypt(secret: string, hash: string): Promise<boolean> {
  const bytes = Buffer.from(secret);
  const costSaltAndKey = FORM.exec(hash)?.[1];
  if (!costSaltAndKey || bytes.length > BCRYPT_MAX_BYTES) return false;
  const { verify } = await import('@node-rs/bcrypt');
  return verify(bytes, `$2b${costSaltAndKey}`);
}

/**
 * Salt and key each end in the character for 0, because some bits of the last character belong to no byte. Where one of them
 * is set the hash is refused without being computed, and the time would reveal the dummy.
 */
export function dummyBcryptHash(cost: number): string {
  const letters = (count: number): string => `${randomFrom(ALPHABET, count - 1)}${ALPHABET.charAt(0)}`;
  return `$2b$${String(cost).padStart(2, '0')}$${letters(SALT_LETTERS)}${letters(KEY_LETTERS)}`;
}
