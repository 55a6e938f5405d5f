/**
 * Authenticated encryption for stored values and for cookies: AES-256-GCM, bound to the place where the value belongs, so
 * that someone with write access to a store cannot move it to another place.
 *
 * version (1) | nonce (12) | ciphertext | tag (16). The purpose is part of the key; version and place are associated data.
 * The first secret seals; all listed secrets open (rotation by prepending).
 *
 * Older values have no version and are bound to their purpose alone: nonce | ciphertext | tag. They open where the caller
 * accepts them; the caller decides until when.
 */
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { randomOctets } from './random.js';

const VERSION = Buffer.of(2);
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
const MAX_CACHED_KEYS = 256;

/** The place where a sealed value belongs. */
export interface SealedPlace {
  /** The kind of value. */
  purpose: string;
  /** Its key, row or name, which distinguishes it from others of its kind. */
  at: string | Buffer;
}

/** Whether values that are bound to their purpose alone are opened, too. */
export type Unbound = 'accept' | 'refuse';

export interface Opened {
  plain: Buffer;
  /** Whether the value was bound to its place. */
  bound: boolean;
}

/** There are fewer purposes and secrets than this, unless secrets are rotated often. */
const derived = new LRUCache<string, Buffer>({ max: MAX_CACHED_KEYS });

/** Derives a key of 32 bytes for one purpose from a configured secret (HKDF, RFC 5869). */
export function deriveKey(secret: string, purpose: string): Buffer {
  const id = `${purpose}\u0000${secret}`;
  let key = derived.get(id);
  if (!key) {
    key = Buffer.from(hkdfSync('sha256', secret, 'ostiary', purpose, KEY_BYTES));
    derived.set(id, key);
  }
  return key;
}

/** Seals under the first secret, for one place. */
export function seal(secrets: readonly string[], place: SealedPlace, plain: string | Buffer): Buffer {
  const nonce = randomOctets(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', deriveKey(first(secrets), place.purpose), nonce);
  cipher.setAAD(bound(place));
  return Buffer.concat([VERSION, nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** The plain value; undefined where no listed secret opens it, it was altered, or it belongs to another place. */
export function open(
  secrets: readonly string[],
  place: SealedPlace,
  sealed: Buffer,
  unbound: Unbound = 'refuse',
): Buffer | undefined {
  return opened(secrets, place, sealed, unbound)?.plain;
}

/** Does the same as `open`, and tells whether the value was bound to its place. */
export function opened(
  secrets: readonly string[],
  place: SealedPlace,
  sealed: Buffer,
  unbound: Unbound,
): Opened | undefined {
  const plain = sealed[0] === VERSION[0] && tryEach(secrets, place.purpose, sealed.subarray(1), bound(place));
  if (plain) return { plain, bound: true };
  // A nonce may begin like a version: only the tag can tell.
  const old = unbound === 'accept' && tryEach(secrets, place.purpose, sealed, Buffer.from(place.purpose));
  return old ? { plain: old, bound: false } : undefined;
}

/**
 * Reseals a value under the first secret and binds it to its place. Returns the same bytes where nothing has to change,
 * undefined where no listed secret opens them.
 */
export function reseal(
  secrets: readonly string[],
  place: SealedPlace,
  sealed: Buffer,
  unbound: Unbound,
): Buffer | undefined {
  if (open(secrets.slice(0, 1), place, sealed)) return sealed;
  const plain = open(secrets, place, sealed, unbound);
  return plain && seal(secrets, place, plain);
}

/** The version comes first: the purpose, which was the associated data of unbound values, never begins with it. */
function bound({ at }: SealedPlace): Buffer {
  return typeof at === 'string' ? Buffer.from(`\u0002${at}`) : Buffer.concat([VERSION, at]);
}

function tryEach(secrets: readonly string[], purpose: string, sealed: Buffer, data: Buffer): Buffer | undefined {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return undefined;
  for (const secret of secrets) {
    const plain = openWith(deriveKey(secret, purpose), data, sealed);
    if (plain) return plain;
  }
  return undefined;
}

function openWith(key: Buffer, data: Buffer, sealed: Buffer): Buffer | undefined {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(data);
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch {
    return undefined; // another secret, another place, or altered
  }
}

function first(secrets: readonly string[]): string {
  const [secret] = secrets;
  if (!secret) throw new Error('No secret is configured: set secrets.system.');
  return secret;
}
