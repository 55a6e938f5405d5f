import { randomBytes, randomInt } from 'node:crypto';
import { stringify, v7 } from 'uuid';

/** URL-safe text of `bytes` random bytes. */
export function randomText(bytes = 32): string {
  return randomBytes(bytes).toString('base64url');
}

/** A text of `length` characters drawn uniformly from the alphabet. */
export function randomFrom(alphabet: string, length: number): string {
  let text = '';
  for (let i = 0; i < length; i++) text += alphabet.charAt(randomInt(alphabet.length));
  return text;
}

/** A key that rises with time (RFC 9562 §5.7): rows made together lie together. */
export function uuidV7(at: Date): Buffer {
  return Buffer.from(v7({ msecs: at.getTime() }, new Uint8Array(16)));
}

/** The 36-character text of 16 bytes. */
export function uuidText(bytes: Buffer): string {
  return stringify(bytes);
}
