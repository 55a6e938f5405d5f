import { randomBytes, randomFillSync, randomInt } from 'node:crypto';
import { v7 } from 'uuid';

/** A call of the system costs the same for a page as for a nonce: a tenth of sealing a value or of minting a token. */
const BUFFER_BYTES = 4096;
const buffer = Buffer.alloc(BUFFER_BYTES);
let used = BUFFER_BYTES;

/** Random bytes from the system. Each is returned once and kept nowhere. */
export function randomOctets(count: number): Buffer {
  if (count > BUFFER_BYTES) return randomBytes(count);
  if (used + count > BUFFER_BYTES) {
    randomFillSync(buffer);
    used = 0;
  }
  const octets = Buffer.from(buffer.subarray(used, used + count)); // a copy
  buffer.fill(0, used, used + count);
  used += count;
  return octets;
}

/** URL-safe text of `bytes` random bytes. */
export function randomText(bytes = 32): string {
  return randomOctets(bytes).toString('base64url');
}

/** A text of `length` characters drawn uniformly from the alphabet. */
export function randomFrom(alphabet: string, length: number): string {
  let text = '';
  for (let i = 0; i < length; i++) text += alphabet.charAt(randomInt(alphabet.length));
  return text;
}

/** A key that increases with time (RFC 9562 §5.7), so that rows made together are stored together. */
export function uuidV7(at: Date): Buffer {
  return Buffer.from(v7({ msecs: at.getTime() }, new Uint8Array(16)));
}

/**
 * The 36-character text of the first 16 bytes. They may be a hash: PostgreSQL asks for no version of a UUID, and the keys
 * of imported rows have none.
 */
export function uuidText(bytes: Buffer): string {
  const hex = bytes.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
