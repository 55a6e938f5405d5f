/**
 * Plans the changes that are due in a set: the keys to generate, start, retire and remove. A `next` key starts at its
 * time with and without automatic rotation; all other changes belong to automatic rotation.
 */
import type { KeysConfiguration } from '../config/configuration.js';
import { ENCRYPTION_KEY_SET, ID_TOKEN_KEY_SET } from '../protocol/constants.js';
import type { KeyPurpose } from './generate-jwk.js';
import type { KeySet } from './key-set.js';
import { isPrivate } from './jwk.js';
import type { StoredKey } from './stored-key.js';

/** All values are in seconds. */
export type RotationConfiguration = KeysConfiguration['rotation'];

export interface RotationPlan {
  /** Keys that are published from now on and sign from `notBefore`. The successor of the default signing key is last. */
  make: { purpose: KeyPurpose; notBefore: Date }[];
  /** Keys that become active: they sign from now on. */
  start: string[];
  /** Keys that become retired: they no longer sign, and are still published. */
  retire: string[];
  /** Keys that have been retired long enough. */
  remove: string[];
}

/** Other processes may sign with a retired key for this long, because they read the set before. */
const MARGIN_MS = 60_000;

/**
 * The plan is empty for a set with keys that no secret decrypts. A set without a signing key gets none here: its first
 * use generates one. Public keys of other parties stay unchanged.
 * @param rotation undefined if automatic rotation is off
 */
export function planRotation(set: KeySet, rotation: RotationConfiguration | undefined, now: Date): RotationPlan {
  const plan: RotationPlan = { start: [], retire: [], remove: [], make: [] };
  if (set.isLocked) return plan;
  const all = set.keys.filter((key) => isPrivate(key.jwk));
  for (const line of linesOf(set.id, all)) planLine(line, plan, { all, rotation, now });
  const first = set.signer?.alg;
  plan.make.sort((a, b) => Number(a.purpose === first) - Number(b.purpose === first));
  return plan;
}

/**
 * Groups the keys that succeed one another, newest first. In the set that signs ID tokens each algorithm is a group,
 * because clients register for an algorithm. In the set that others encrypt to, each kind of key is one.
 */
function linesOf(setId: string, all: readonly StoredKey[]): StoredKey[][] {
  if (setId !== ID_TOKEN_KEY_SET && setId !== ENCRYPTION_KEY_SET) return [[...all]];
  const purposeOf = (key: StoredKey) => key.decrypts ?? key.alg;
  const purposes = new Set(all.map(purposeOf));
  return [...purposes].map((purpose) => all.filter((key) => purposeOf(key) === purpose));
}

interface LineContext {
  /** The private keys of the set. */
  all: readonly StoredKey[];
  rotation: RotationConfiguration | undefined;
  now: Date;
}

function planLine(keys: readonly StoredKey[], plan: RotationPlan, { all, rotation, now }: LineContext): void {
  const signing = keys.find((key) => key.serves);
  const waiting = keys.filter((key) => key.row.state === 'next');
  const starting = waiting.find((key) => key.row.notBefore <= now);
  const isNewest = starting && (!signing || keys.indexOf(starting) < keys.indexOf(signing));
  if (isNewest) plan.start.push(starting.kid);
  const signs = isNewest ? starting : signing;
  const over = signs ? keys.filter((key) => isOver(key, signs, keys, now)) : [];
  plan.retire.push(...kidsOf(over.filter((key) => rotation !== undefined || key.row.state === 'next')));
  if (!rotation || !all.some((key) => key.serves)) return;
  const among = signing ? keys : all; // if the whole algorithm was retired, the successor has another algorithm
  const gone = keys.filter((key) => isGone(key, among.slice(0, among.indexOf(key)), rotation, now));
  plan.remove.push(...kidsOf(gone));
  if (signing && waiting.length === 0) plan.make.push(...nextKey(signing, rotation, now));
}

function kidsOf(keys: readonly StoredKey[]): string[] {
  return keys.map((key) => key.kid);
}

/** Whether the key is active but superseded, or is due to start although a newer key already signs. */
function isOver(key: StoredKey, signs: StoredKey, keys: readonly StoredKey[], now: Date): boolean {
  if (key === signs || key.row.state === 'retired' || keys.indexOf(key) < keys.indexOf(signs)) return false;
  return key.row.state === 'active' || key.row.notBefore <= now;
}

/** @param newer the keys that are newer than this one; the oldest of them succeeded it */
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
  const purpose = signing.serves;
  const endsAt = signing.row.notBefore.getTime() + every * 1000;
  const publishedUntil = now.getTime() + publish_ahead * 1000;
  if (!purpose || publishedUntil < endsAt) return [];
  return [{ purpose, notBefore: new Date(Math.max(endsAt, publishedUntil)) }];
}

export function isNothing({ make, start, retire, remove }: RotationPlan): boolean {
  return make.length + start.length + retire.length + remove.length === 0;
}
