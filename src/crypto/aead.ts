/**
 * Authenticated encryption for what we store and for cookies: AES-256-GCM, nonce (12) | ciphertext | tag (16).
 * The purpose is bound as associated data and is part of the key, so that one sealed thing cannot be used as another.
 * The first secret seals; all listed secrets open (rotation by prepending).
 */
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { randomOctets } from './random.js';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const MAX_CACHED_KEYS = 256;

const derived = new Map<string, Buffer>();

/** A key of 32 bytes for one purpose, from a configured secret (HKDF, RFC 5869). */
export function deriveKey(secret: string, purpose: string): Buffer {
  const id = `${purpose}\u0000${secret}`;
  let key = derived.get(id);
  if (!key) {
    key = Buffer.from(hkdfSync('sha256', secret, 'ostiary', purpose, KEY_BYTES));
    if (derived.size >= MAX_CACHED_KEYS) derived.clear(); // secrets were rotated often: start again
    derived.set(id, key);
  }
  return key;
}

/** Seals under the first secret. */
export function seal(secrets: readonly string[], purpose: string, plain: string | Buffer): Buffer {
  const nonce = randomOctets(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', deriveKey(first(secrets), purpose), nonce);
  cipher.setAAD(Buffer.from(purpose));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** What was sealed, or undefined when no listed secret opens it. */
export function open(secrets: readonly string[], purpose: string, sealed: Buffer): Buffer | undefined {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return undefined;
  for (const secret of secrets) {
    const plain = openWith(deriveKey(secret, purpose), purpose, sealed);
    if (plain) return plain;
  }
  return undefined;
}

/**
 * The same under the first secret: the bytes as they are where it sealed them, undefined where no listed secret opens
 * them.
 */
export function reseal(secrets: readonly string[], purpose: string, sealed: Buffer): Buffer | undefined {
  if (open(secrets.slice(0, 1), purpose, sealed)) return sealed;
  const plain = open(secrets.slice(1), purpose, sealed);
  return plain && seal(secrets, purpose, plain);
}

function openWith(key: Buffer, purpose: string, sealed: Buffer): Buffer | undefined {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(purpose));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch {
    return undefined; // another secret, or altered
  }
}

function first(secrets: readonly string[]): string {
  const [secret] = secrets;
  if (!secret) throw new Error('No secret is configured: set secrets.system.');
  return secret;
}
