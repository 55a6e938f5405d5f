/**
 * The members `state` and `not_before` of a key in the administration API. They extend the JWK. A key without them is
 * active, as every key is for clients of Hydra.
 */
import type { JWK } from 'jose';
import { badRequest } from '../protocol/admin-error.js';
import { parseTimestamp } from '../protocol/timestamp.js';
import type { KeyState } from './json-web-key.entity.js';
import type { NewKey } from './key-records.js';
import type { StoredKey } from './stored-key.js';

export const KEY_STATES = ['next', 'active', 'retired'] as const satisfies readonly KeyState[];

interface KeyTiming {
  state?: KeyState;
  /** A time of RFC 3339. */
  not_before?: string;
}

export type TimedJwk = JWK & KeyTiming;

/** `publishAhead`: seconds until a `next` key without `not_before` starts. `where`: the beginning of the error hint. */
interface Reading {
  now: Date;
  publishAhead: number;
  where?: string;
}

/** @throws OAuthError 400 for an invalid time, and for a time that contradicts the state */
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

/** The key as the API returns it, with its private members. */
export function timedJwkOf({ jwk, row }: StoredKey): TimedJwk {
  return row.state === 'active' ? jwk : { ...jwk, state: row.state, not_before: row.notBefore.toISOString() };
}
