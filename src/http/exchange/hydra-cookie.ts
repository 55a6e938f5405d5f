/**
 * Session cookies of Hydra, so that browsers stay logged in after an import. They are read only: when a cookie is due, one
 * of this server replaces them.
 *
 * base64url(date "|" body "|" MAC). The body is base64url(IV | AES-256-CTR of a gob); the MAC is HMAC-SHA-256 over
 * name "|" date "|" body, so it is bound to the name of the cookie.
 */
import { createDecipheriv } from 'node:crypto';
import type { Configuration } from '../../config/configuration.js';
import { equalBytes, hmacSha256, sha256 } from '../../crypto/digest.js';
import { MAX_CLOCK_SKEW_SECONDS } from '../../protocol/clock-skew.js';
import { numericDate } from '../../protocol/numeric-date.js';
import { isUuid } from '../../protocol/uuid.js';
import { readGobStringMap } from './hydra-gob.js';

/**
 * How long a cookie of Hydra is good after its date. The lifetime that it was given is known to the browser alone, and
 * browsers keep no cookie for longer than 400 days (RFC 6265bis §5.5).
 */
export const HYDRA_COOKIE_SECONDS = 400 * 24 * 3600;

/** Hydra writes none that is longer. */
const MAX_CHARACTERS = 4096;
const IV_BYTES = 16;
const MAC_BYTES = 32;
const BASE64URL = /^[A-Za-z0-9_-]+={0,2}$/;
/** Seconds since 1970, of a time before the year 5139. */
const DATE = /^[0-9]{1,11}$/;

export interface HydraCookie {
  /** The name with which the browser sent it. */
  name: string;
  value: string;
}

/** The secrets under which Hydra makes cookies: its own where they are configured, and the system secrets otherwise. */
export type HydraCookieSecrets = Pick<Configuration['secrets'], 'own_cookie' | 'system'>;

/** The id of the login session; undefined for everything that is no cookie of a browser that is logged in. */
export function readHydraSession(cookie: HydraCookie, secrets: HydraCookieSecrets, now: Date): string | undefined {
  const parts = partsOf(cookie);
  if (!parts || !isCurrent(parts.date, now)) return undefined;
  const key = keysOf(secrets).find((candidate) => equalBytes(macOf(cookie.name, parts, candidate), parts.mac));
  const id = key && sessionIdIn(parts.body, key);
  return id !== undefined && isUuid(id) ? id : undefined;
}

interface Parts {
  date: string;
  body: string;
  mac: Buffer;
}

/** The bytes of the MAC may contain a separator: only the first two are such. */
function partsOf({ value }: HydraCookie): Parts | undefined {
  if (value.length > MAX_CHARACTERS || !BASE64URL.test(value)) return undefined;
  const bytes = Buffer.from(value, 'base64url');
  const first = bytes.indexOf('|');
  const second = bytes.indexOf('|', first + 1);
  if (first < 0 || second < 0) return undefined;
  const [date, body] = [bytes.toString('latin1', 0, first), bytes.toString('latin1', first + 1, second)];
  const mac = bytes.subarray(second + 1);
  return DATE.test(date) && BASE64URL.test(body) && mac.length === MAC_BYTES ? { date, body, mac } : undefined;
}

function isCurrent(date: string, now: Date): boolean {
  const age = numericDate(now) - Number(date);
  return age >= -MAX_CLOCK_SKEW_SECONDS && age < HYDRA_COOKIE_SECONDS;
}

/** Hydra hashes a system secret first, and uses the result as it uses a cookie secret. */
function keysOf({ own_cookie: own, system }: HydraCookieSecrets): Buffer[] {
  return own.length > 0 ? own.map((secret) => Buffer.from(secret)) : system.map((secret) => sha256(secret));
}

function macOf(name: string, { date, body }: Parts, key: Buffer): Buffer {
  return hmacSha256(key, `${name}|${date}|${body}`);
}

function sessionIdIn(body: string, key: Buffer): string | undefined {
  const bytes = Buffer.from(body, 'base64url');
  if (bytes.length <= IV_BYTES) return undefined;
  const decipher = createDecipheriv('aes-256-ctr', sha256(key), bytes.subarray(0, IV_BYTES));
  return readGobStringMap(decipher.update(bytes.subarray(IV_BYTES)))?.get('sid');
}
