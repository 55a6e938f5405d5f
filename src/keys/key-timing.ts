/**
 * Since when a key signs, as the administration API says it: two members beside those of the JWK. A key without them is
 * active, which is all that clients of the reference know.
 */
import type { JWK } from 'jose';
import { badRequest } from '../protocol/oauth-error.js';
import { parseTimestamp } from '../protocol/timestamp.js';
import type { KeyState } from './json-web-key.entity.js';
import type { NewKey } from './key-records.js';
import type { StoredKey } from './stored-key.js';

export const KEY_STATES = ['next', 'active', 'retired'] as const satisfies readonly KeyState[];

export interface KeyTiming {
  state?: KeyState;
  /** RFC 3339 */
  not_before?: string;
}

export type TimedJwk = JWK & KeyTiming;

/** `publishAhead`: seconds until a key starts that waits and does not say for when. `where`: begins the hint. */
interface Reading {
  now: Date;
  publishAhead: number;
  where?: string;
}

/** @throws OAuthError 400 for a time that is none, and for one that does not go with the state */
export function newKeyOf({ state, not_before, ...jwk }: TimedJwk, reading: Reading): NewKey {
  const notBefore = readTime(not_before, reading);
  const isAhead = notBefore !== undefined && notBefore > reading.now;
  if (isAhead && state !== undefined && state !== 'next') {
    throw badRequest(`${reading.where ?? ''}not_before lies ahead: that is for a key whose state is 'next'.`);
  }
  if (state !== 'next' && !isAhead) return { jwk, state, notBefore };
  return { jwk, state: 'next', notBefore: notBefore ?? new Date(reading.now.getTime() + reading.publishAhead * 1000) };
}

function readTime(text: string | undefined, { where = '' }: Reading): Date | undefined {
  if (text === undefined) return undefined;
  const time = parseTimestamp(text);
  if (time) return time;
  throw badRequest(`${where}not_before must be a time as in RFC 3339, such as 2030-01-31T12:00:00Z.`);
}

/** The key as the API shows it, private members included. */
export function timedJwkOf({ jwk, row }: StoredKey): TimedJwk {
  return row.state === 'active' ? jwk : { ...jwk, state: row.state, not_before: row.notBefore.toISOString() };
}
