import type { JWK } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { generateJwk } from './generate-jwk.js';
import type { JsonWebKeyEntity, KeyState } from './json-web-key.entity.js';
import { publicPart } from './jwk.js';
import { KeySet } from './key-set.js';
import { planRotation } from './rotation-plan.js';
import { StoredKey } from './stored-key.js';

const DAY_MS = 86_400_000;
const rotation = { enabled: true, every: 90 * 86_400, publish_ahead: 86_400, keep_retired: 30 * 86_400 };
const day = (n: number): Date => new Date(Date.UTC(2026, 0, 1) + n * DAY_MS);

/** Key `kid`, signing or due to sign since that day. */
type Shape = [kid: string, state: KeyState, since: number];

describe('the plan of a rotation', () => {
  let jwk: JWK;

  beforeAll(async () => {
    jwk = await generateJwk('ES256', { kid: 'k', use: 'sig', rsaBits: 2048 });
  });

  const stored = ([kid, state, since]: Shape, of: JWK): StoredKey =>
    new StoredKey({ kid, state, notBefore: day(since) } as unknown as JsonWebKeyEntity, { ...of, kid });
  const setOf = (shapes: Shape[]): KeySet => {
    const keys = shapes.map((shape) => stored(shape, jwk));
    return new KeySet('set', keys, [], 'ES256');
  };
  /** Keys newest first. */
  const plan = (now: number, ...shapes: Shape[]) => planRotation(setOf(shapes), rotation, day(now));
  const planWithout = (now: number, ...shapes: Shape[]) => planRotation(setOf(shapes), undefined, day(now));
  const nothing = { start: [], retire: [], remove: [], make: undefined };

  it('is empty while the signing key is young', () => {
    expect(plan(88.9, ['a', 'active', 0])).toEqual(nothing);
  });

  it('publishes a key of the same algorithm one day before the signing one ends', () => {
    expect(plan(89, ['a', 'active', 0])).toEqual({ ...nothing, make: { alg: 'ES256', notBefore: day(90) } });
  });

  it('publishes a key for a whole day even where the signing one has ended long ago', () => {
    expect(plan(200, ['a', 'active', 0])).toEqual({ ...nothing, make: { alg: 'ES256', notBefore: day(201) } });
  });

  it('waits while the next key is published and its time has not come', () => {
    expect(plan(89.5, ['b', 'next', 90], ['a', 'active', 0])).toEqual(nothing);
  });

  it('starts the next key when its time has come, and retires the one before', () => {
    expect(plan(90, ['b', 'next', 90], ['a', 'active', 0])).toEqual({ ...nothing, start: ['b'], retire: ['a'] });
  });

  it('removes a retired key when it was published long enough after its successor started, and not before', () => {
    const [b, a]: Shape[] = [
      ['b', 'active', 90],
      ['a', 'retired', 0],
    ];
    if (!b || !a) throw new Error('unreachable');
    expect(plan(120, b, a)).toEqual(nothing);
    expect(plan(120.01, b, a)).toEqual({ ...nothing, remove: ['a'] });
  });

  it('counts the retirement of each key from its own successor, not from a key that has not started', () => {
    expect(plan(179.5, ['c', 'next', 180], ['b', 'active', 90], ['a', 'retired', 0]).remove).toEqual(['a']);
    expect(plan(181, ['c', 'active', 180], ['b', 'retired', 90], ['a', 'retired', 0]).remove).toEqual(['a']);
    expect(plan(100, ['b', 'next', 101], ['a', 'retired', 0]).remove).toEqual([]);
  });

  it('retires what an administrator has replaced by a newer key, and counts the age of that one', () => {
    expect(plan(50, ['x', 'active', 49], ['a', 'active', 0])).toEqual({ ...nothing, retire: ['a'] });
    expect(plan(137.9, ['x', 'active', 49]).make).toBeUndefined();
    expect(plan(138, ['x', 'active', 49]).make).toBeDefined();
  });

  it('never starts a key that is older than the one that signs: it is retired when its time comes', () => {
    const keys: Shape[] = [
      ['x', 'active', 89.5],
      ['b', 'next', 90],
      ['a', 'active', 0],
    ];
    expect(plan(89.6, ...keys)).toEqual({ ...nothing, retire: ['a'] });
    expect(plan(90, ...keys)).toEqual({ ...nothing, retire: ['b', 'a'] });
  });

  it('without automatic rotation starts what waits, and leaves the rest as it is', () => {
    expect(planWithout(1000, ['a', 'active', 0], ['r', 'retired', -90])).toEqual(nothing);
    expect(planWithout(89, ['b', 'next', 90], ['a', 'active', 0])).toEqual(nothing);
    expect(planWithout(90, ['b', 'next', 90], ['a', 'active', 0])).toEqual({ ...nothing, start: ['b'] });
    expect(planWithout(90, ['x', 'active', 1], ['b', 'next', 90], ['a', 'active', 0])).toEqual({
      ...nothing,
      retire: ['b'],
    });
  });

  it('starts what waits where nothing else signs', () => {
    expect(planWithout(90, ['b', 'next', 90], ['a', 'retired', 0])).toEqual({ ...nothing, start: ['b'] });
    expect(plan(90, ['b', 'next', 90])).toEqual({ ...nothing, start: ['b'] });
  });

  it('leaves public keys of others alone, whatever their age', () => {
    const theirs = stored(['theirs', 'active', -1000], publicPart(jwk) ?? {});
    const set = new KeySet('set', [theirs, stored(['a', 'active', 0], jwk)], [], 'ES256');
    expect(planRotation(set, rotation, day(50))).toEqual(nothing);
  });

  it('is empty for a set in which no key signs, and for one with keys that no secret opens', () => {
    expect(plan(1000)).toEqual({ start: [], retire: [], remove: [] });
    expect(plan(1000, ['a', 'retired', 0])).toEqual({ start: [], retire: [], remove: [] });
    const half = new KeySet('set', [stored(['a', 'active', 0], jwk)], ['unopened'], 'ES256');
    expect(planRotation(half, rotation, day(1000))).toEqual({ start: [], retire: [], remove: [] });
  });
});
