/**
 * Nonces for proofs (RFC 9449 §8). They are computed and stored nowhere: the number of a window of time, and its MAC under
 * `secrets.system`. A window is half the lifetime of a nonce; the nonces of this window and of the one before are accepted.
 */
import { deriveKey } from '../../../crypto/aead.js';
import { equalBytes, hmacSha256 } from '../../../crypto/digest.js';

const NUMBER_BYTES = 6;
const MAC_BYTES = 32;
const TEXT = /^[A-Za-z0-9_-]+$/;

interface NonceRules {
  /** `secrets.system`: the first one makes nonces, all are accepted. */
  secrets: readonly string[];
  /** In seconds. */
  lifetime: number;
  now: Date;
}

/** An accepted nonce. */
export interface AcceptedNonce {
  /** Whether it is of the current window: then there is no newer one. */
  isNewest: boolean;
  /** The time after which no server accepts it. */
  expiresAt: Date;
}

export function currentNonce(rules: NonceRules): string {
  const number = windowOf(rules);
  return Buffer.concat([bytesOf(number), macOf(rules.secrets[0] ?? '', number, rules)]).toString('base64url');
}

/**
 * Undefined for a stale nonce, and for a text that is none. A nonce of the next window comes from a server whose clock is
 * ahead; it is as good as one of this window.
 */
export function acceptNonce(text: string, rules: NonceRules): AcceptedNonce | undefined {
  const bytes = TEXT.test(text) ? Buffer.from(text, 'base64url') : Buffer.alloc(0);
  if (bytes.length !== NUMBER_BYTES + MAC_BYTES) return undefined;
  const number = bytes.readUIntBE(0, NUMBER_BYTES);
  const ahead = number - windowOf(rules);
  if (Math.abs(ahead) > 1) return undefined;
  const mac = bytes.subarray(NUMBER_BYTES);
  if (!rules.secrets.some((secret) => equalBytes(mac, macOf(secret, number, rules)))) return undefined;
  return { isNewest: ahead >= 0, expiresAt: new Date((number + 2) * millisecondsOf(rules)) };
}

const millisecondsOf = ({ lifetime }: NonceRules): number => lifetime * 500;

function windowOf(rules: NonceRules): number {
  return Math.floor(rules.now.getTime() / millisecondsOf(rules));
}

function bytesOf(number: number): Buffer {
  const bytes = Buffer.alloc(NUMBER_BYTES);
  bytes.writeUIntBE(number, 0, NUMBER_BYTES);
  return bytes;
}

/** The MAC covers the lifetime: the number of a window means another time under another lifetime. */
function macOf(secret: string, number: number, { lifetime }: NonceRules): Buffer {
  return hmacSha256(deriveKey(secret, 'dpop nonce'), `${lifetime}\u0000${number}`);
}
