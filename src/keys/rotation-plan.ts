/**
 * What is due in a set, as a function of what is in it: which key is made, starts, stops and goes. Keys that wait start
 * at their time with and without automatic rotation; the rest is automatic rotation's.
 */
import type { KeysConfiguration } from '../config/configuration.js';
import type { SigningAlgorithm } from './algorithms.js';
import type { KeySet } from './key-set.js';
import { isPrivate } from './jwk.js';
import type { StoredKey } from './stored-key.js';

/** Seconds. */
export type RotationConfiguration = KeysConfiguration['rotation'];

export interface RotationPlan {
  /** A key that is published from now on and signs from `notBefore`. */
  make?: { alg: SigningAlgorithm; notBefore: Date };
  /** Becomes active: it signs from now on. */
  start: string[];
  /** Become retired: they sign no more, and are still published. */
  retire: string[];
  /** Retired long enough. */
  remove: string[];
}

/** Other processes may sign for this long with a key after it was retired: they have read the set before. */
const MARGIN_MS = 60_000;

/**
 * Nothing for a set with keys that no secret opens: they are not understood. One in which no key signs gets none: its
 * first use makes it. Public keys of others are left alone.
 * @param rotation undefined: it is off
 */
export function planRotation(set: KeySet, rotation: RotationConfiguration | undefined, now: Date): RotationPlan {
  const plan: RotationPlan = { start: [], retire: [], remove: [] };
  const keys = set.keys.filter((key) => isPrivate(key.jwk)); // newest first
  const signing = keys.find((key) => key.signer);
  if (set.unopened.length > 0) return plan;
  const waiting = keys.filter((key) => key.row.state === 'next');
  const starting = waiting.find((key) => key.row.notBefore <= now);
  const isNewest = starting && (!signing || keys.indexOf(starting) < keys.indexOf(signing));
  if (isNewest) plan.start.push(starting.kid);
  const signs = isNewest ? starting : signing;
  if (!signs) return plan;
  const over = keys.filter((key) => isOver(key, signs, keys, now));
  plan.retire = over.filter((key) => rotation !== undefined || key.row.state === 'next').map((key) => key.kid);
  if (!rotation || !signing) return plan;
  plan.remove = keys.filter((key, i) => isGone(key, keys.slice(0, i), rotation, now)).map((key) => key.kid);
  if (waiting.length === 0) plan.make = nextKey(signing, rotation, now);
  return plan;
}

/** An active key that does not sign any more, or one that was to start when a newer one signs already. */
function isOver(key: StoredKey, signs: StoredKey, keys: readonly StoredKey[], now: Date): boolean {
  if (key === signs || key.row.state === 'retired' || keys.indexOf(key) < keys.indexOf(signs)) return false;
  return key.row.state === 'active' || key.row.notBefore <= now;
}

/** @param newer the keys that are newer than this one; the oldest of them took over from it */
function isGone(
  key: StoredKey,
  newer: readonly StoredKey[],
  { keep_retired }: RotationConfiguration,
  now: Date,
): boolean {
  const successor = newer.findLast((one) => one.row.state !== 'next');
  if (key.row.state !== 'retired' || !successor) return false;
  return successor.row.notBefore.getTime() + keep_retired * 1000 + MARGIN_MS <= now.getTime();
}

function nextKey(signing: StoredKey, { every, publish_ahead }: RotationConfiguration, now: Date): RotationPlan['make'] {
  const { alg } = signing;
  const endsAt = signing.row.notBefore.getTime() + every * 1000;
  const publishedUntil = now.getTime() + publish_ahead * 1000;
  if (!alg || publishedUntil < endsAt) return undefined;
  return { alg, notBefore: new Date(Math.max(endsAt, publishedUntil)) };
}

export function isNothing({ make, start, retire, remove }: RotationPlan): boolean {
  return !make && start.length + retire.length + remove.length === 0;
}
