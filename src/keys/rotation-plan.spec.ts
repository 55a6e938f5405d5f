import type { JWK } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { ENCRYPTION_KEY_SET, ID_TOKEN_KEY_SET } from '../protocol/constants.js';
import { generateJwk, generateOwnJwk } from './generate-jwk.js';
import type { JsonWebKeyEntity, KeyState } from './json-web-key.entity.js';
import { publicPart } from './jwk.js';
import { KeySet } from './key-set.js';
import { planRotation } from './rotation-plan.js';
import { StoredKey } from './stored-key.js';

const DAY_MS = 86_400_000;
const rotation = { enabled: true, every: 90 * 86_400, publish_ahead: 86_400, keep_retired: 30 * 86_400 };
const day = (n: number): Date => new Date(Date.UTC(2026, 0, 1) + n * DAY_MS);

/** The key `kid`, which signs or is due to sign since that day. */
type Shape = [kid: string, state: KeyState, since: number];

describe('the plan of a rotation', () => {
  let jwk: JWK;
  let rsa: JWK;

  beforeAll(async () => {
    jwk = await generateJwk('ES256', { kid: 'k', use: 'sig', rsaBits: 2048 });
    rsa = await generateJwk('RS256', { kid: 'k', use: 'sig', rsaBits: 2048 });
  });

  const stored = ([kid, state, since]: Shape, of: JWK): StoredKey =>
    new StoredKey({ kid, state, notBefore: day(since) } as unknown as JsonWebKeyEntity, { ...of, kid });
  const setOf = (shapes: Shape[], setId = 'set'): KeySet => {
    const keys = shapes.map((shape) => stored(shape, shape[0].startsWith('rsa') ? rsa : jwk));
    return new KeySet(setId, keys, []);
  };
  /** Keys newest first. */
  const plan = (now: number, ...shapes: Shape[]) => planRotation(setOf(shapes), rotation, day(now));
  const planWithout = (now: number, ...shapes: Shape[]) => planRotation(setOf(shapes), undefined, day(now));
  const nothing = { start: [], retire: [], remove: [], make: [] };

  it('is empty while the signing key is young', () => {
    expect(plan(88.9, ['a', 'active', 0])).toEqual(nothing);
  });

  it('publishes a key of the same algorithm one day before the signing key is due to be replaced', () => {
    expect(plan(89, ['a', 'active', 0])).toEqual({ ...nothing, make: [{ purpose: 'ES256', notBefore: day(90) }] });
  });

  it('publishes a key for a whole day even if the replacement is long overdue', () => {
    expect(plan(200, ['a', 'active', 0])).toEqual({ ...nothing, make: [{ purpose: 'ES256', notBefore: day(201) }] });
  });

  it('is empty while the next key is published and not yet due to sign', () => {
    expect(plan(89.5, ['b', 'next', 90], ['a', 'active', 0])).toEqual(nothing);
  });

  it('starts the next key at its time, and retires its predecessor', () => {
    expect(plan(90, ['b', 'next', 90], ['a', 'active', 0])).toEqual({ ...nothing, start: ['b'], retire: ['a'] });
  });

  it('removes a retired key only after it was published long enough beside its active successor', () => {
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

  it('retires a key that an administrator replaced by a newer one, and counts the age of the newer one', () => {
    expect(plan(50, ['x', 'active', 49], ['a', 'active', 0])).toEqual({ ...nothing, retire: ['a'] });
    expect(plan(137.9, ['x', 'active', 49]).make).toEqual([]);
    expect(plan(138, ['x', 'active', 49]).make).toHaveLength(1);
  });

  it('never starts a key that is older than the signing key, but retires it at its time', () => {
    const keys: Shape[] = [
      ['x', 'active', 89.5],
      ['b', 'next', 90],
      ['a', 'active', 0],
    ];
    expect(plan(89.6, ...keys)).toEqual({ ...nothing, retire: ['a'] });
    expect(plan(90, ...keys)).toEqual({ ...nothing, retire: ['b', 'a'] });
  });

  it('only starts next keys if automatic rotation is off', () => {
    expect(planWithout(1000, ['a', 'active', 0], ['r', 'retired', -90])).toEqual(nothing);
    expect(planWithout(89, ['b', 'next', 90], ['a', 'active', 0])).toEqual(nothing);
    expect(planWithout(90, ['b', 'next', 90], ['a', 'active', 0])).toEqual({ ...nothing, start: ['b'] });
    expect(planWithout(90, ['x', 'active', 1], ['b', 'next', 90], ['a', 'active', 0])).toEqual({
      ...nothing,
      retire: ['b'],
    });
  });

  it('starts a next key if no other key signs', () => {
    expect(planWithout(90, ['b', 'next', 90], ['a', 'retired', 0])).toEqual({ ...nothing, start: ['b'] });
    expect(plan(90, ['b', 'next', 90])).toEqual({ ...nothing, start: ['b'] });
  });

  describe('of the set that signs ID tokens', () => {
    const planIds = (now: number, ...shapes: Shape[]) =>
      planRotation(setOf(shapes, ID_TOKEN_KEY_SET), rotation, day(now));

    it('rotates each algorithm separately, so that every algorithm of a client keeps a key', () => {
      expect(planIds(50, ['a', 'active', 0], ['rsa', 'active', 0])).toEqual(nothing);
      expect(planIds(50, ['b', 'active', 1], ['rsa', 'active', 0], ['a', 'active', 0])).toEqual({
        ...nothing,
        retire: ['a'],
      });
      expect(planIds(90, ['a', 'active', 50], ['rsa2', 'next', 90], ['rsa', 'active', 0])).toEqual({
        ...nothing,
        start: ['rsa2'],
        retire: ['rsa'],
      });
    });

    it('generates the successor of the default signing key last, so that it is the newest', () => {
      const { make } = planIds(89, ['a', 'active', 0], ['rsa', 'active', 0]);
      expect(make.map(({ purpose }) => purpose)).toEqual(['RS256', 'ES256']);
    });

    it('removes keys of an abandoned algorithm, by the age of their successor in another algorithm', () => {
      expect(planIds(50, ['a', 'active', 40], ['rsa', 'retired', 0]).remove).toEqual([]);
      expect(planIds(70.01, ['a', 'active', 40], ['rsa', 'retired', 0]).remove).toEqual(['rsa']);
    });
  });

  describe('of the set that others encrypt to', () => {
    let own: Record<'RSA' | 'EC', JWK>;
    beforeAll(async () => {
      const [RSA, EC] = await Promise.all(
        (['RSA', 'EC'] as const).map((kind) => generateOwnJwk(kind, { kid: 'k', rsaBits: 4096 })),
      );
      own = { RSA: RSA!, EC: EC! };
    });
    const planOwn = (now: number, ...shapes: Shape[]) => {
      const keys = shapes.map(([kid, state, since]) => {
        const row = { kid, state, notBefore: day(since), setId: ENCRYPTION_KEY_SET };
        return new StoredKey(row as unknown as JsonWebKeyEntity, own[kid.startsWith('rsa') ? 'RSA' : 'EC']);
      });
      return planRotation(new KeySet(ENCRYPTION_KEY_SET, keys, []), rotation, day(now));
    };

    it('rotates each kind of key separately', () => {
      expect(planOwn(50, ['ec', 'active', 0], ['rsa', 'active', 0])).toEqual(nothing);
      expect(planOwn(89, ['ec', 'active', 0], ['rsa', 'active', 10])).toEqual({
        ...nothing,
        make: [{ purpose: 'EC', notBefore: day(90) }],
      });
      expect(planOwn(90, ['ec2', 'next', 90], ['rsa', 'active', 10], ['ec', 'active', 0])).toEqual({
        ...nothing,
        start: ['ec2'],
        retire: ['ec'],
      });
      expect(planOwn(121, ['ec2', 'active', 90], ['rsa', 'active', 60], ['ec', 'retired', 0])).toEqual({
        ...nothing,
        remove: ['ec'],
      });
    });
  });

  it('ignores public keys of other parties, whatever their age', () => {
    const theirs = stored(['theirs', 'active', -1000], publicPart(jwk) ?? {});
    const set = new KeySet('set', [theirs, stored(['a', 'active', 0], jwk)], []);
    expect(planRotation(set, rotation, day(50))).toEqual(nothing);
  });

  it('is empty for a set without a signing key, and for one with keys that no secret decrypts', () => {
    expect(plan(1000)).toEqual(nothing);
    expect(plan(1000, ['a', 'retired', 0])).toEqual(nothing);
    const half = new KeySet('set', [stored(['a', 'active', 0], jwk)], [{ kid: 'unopened' } as JsonWebKeyEntity]);
    expect(planRotation(half, rotation, day(1000))).toEqual(nothing);
  });
});
