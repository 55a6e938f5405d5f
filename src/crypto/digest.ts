import { createHmac, hash, timingSafeEqual } from 'node:crypto';

export function sha256(data: string | Buffer): Buffer {
  return hash('sha256', data, 'buffer');
}

export function sha384(data: string | Buffer): Buffer {
  return hash('sha384', data, 'buffer');
}

export function hmacSha256(key: Buffer, data: string | Buffer): Buffer {
  return createHmac('sha256', key).update(data).digest();
}

/** Compares in constant time. Buffers of different length are different. */
export function equalBytes(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Compares two texts in a time that reveals neither where they differ nor, beyond their digests, how long they are. */
export function equalText(a: string, b: string): boolean {
  return timingSafeEqual(sha256(a), sha256(b));
}
