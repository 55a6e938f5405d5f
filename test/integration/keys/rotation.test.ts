import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Migrated } from '../../../src/database/migrated.js';
import { Events } from '../../../src/events/events.js';
import { KeyRotation } from '../../../src/keys/rotation.js';
import { ENCRYPTION_KEY_SET, ID_TOKEN_KEY_SET } from '../../../src/protocol/constants.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { NO_IMPORT, Replica } from './replica.js';

const DAY_MS = 86_400_000;
const start = Date.now();
const ready = { ready: true } as unknown as Migrated;
const settings = { enabled: true, every: 90 * 86_400, publish_ahead: 86_400, keep_retired: 30 * 86_400 };

describe('automatic rotation', () => {
  let database: TestDatabase;
  let replicas: Replica[];
  let rotations: KeyRotation[];

  beforeAll(async () => {
    database = await freshDatabase();
    const keys = { algorithm: 'ES256' } as const;
    replicas = await Promise.all([1, 2].map(() => Replica.open(database.dsn, { keys })));
    rotations = replicas.map((r) => new KeyRotation(r.records, r.keySets, r.config, ready, NO_IMPORT, new Events()));
  });
  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica.close()));
    await database.drop();
  });

  const first = (): Replica => replicas[0]!;
  /** Both replicas, ten times each, at once. */
  const rotateAll = async (set: string, days: number): Promise<void> => {
    const now = new Date(Date.now() + days * DAY_MS);
    await Promise.all([...Array(20).keys()].map((i) => rotations[i % 2]!.rotate(set, settings, now)));
  };
  const states = async (set: string): Promise<string[]> => (await first().records.rows(set)).map((row) => row.state);

  it('publishes, starts, retires and removes each key once, with any number of replicas', async () => {
    const set = `set-${randomUUID()}`;
    const { kid } = await first().keySets.signingKey(set);
    await rotateAll(set, 80);
    expect(await states(set)).toEqual(['active']);
    await rotateAll(set, 89.5);
    expect(await states(set)).toEqual(['next', 'active']);
    expect((await first().keySets.signingKey(set)).kid).toBe(kid);
    expect(await first().keySets.publicJwks([set])).toHaveLength(2);
    const before = await first().signer.sign(set, { sub: 'aeneas' });
    await rotateAll(set, 91);
    expect(await states(set)).toEqual(['active', 'retired']);
    expect((await first().keySets.signingKey(set)).kid).not.toBe(kid);
    expect(await first().verifier.verify(set, before)).toBeDefined();
    expect(await first().keySets.publicJwks([set])).toHaveLength(2);
    await rotateAll(set, 122);
    expect(await states(set)).toEqual(['active']);
    expect(await first().verifier.verify(set, before)).toBeUndefined();
  });

  it('replaces the keys that others encrypt to, each kind once, and the old ones still decrypt', async () => {
    const set = ENCRYPTION_KEY_SET;
    const kinds = async () => {
      const { keys } = await first().keySets.fresh(set);
      return keys.map((key) => `${key.row.state} ${String(key.decrypts)}`).sort();
    };
    await Promise.all(replicas.map((replica) => replica.keySets.withEncryptionKeys()));
    expect(await kinds()).toEqual(['active EC', 'active RSA']);
    await rotateAll(set, 89.5);
    expect(await kinds()).toEqual(['active EC', 'active RSA', 'next EC', 'next RSA']);
    await rotateAll(set, 91);
    expect(await kinds()).toEqual(['active EC', 'active RSA', 'retired EC', 'retired RSA']);
    const { keys } = await first().keySets.get(set);
    expect(keys.every((key) => key.decryptionKey?.type === 'private')).toBe(true);
    await rotateAll(set, 122);
    expect(await kinds()).toEqual(['active EC', 'active RSA']);
  });

  it('starts a key that an administrator published ahead, even if rotation is off and no other key signs', async () => {
    const [set, empty] = [`set-${randomUUID()}`, `set-${randomUUID()}`];
    const { kid } = await first().keySets.signingKey(set);
    const waiting = { alg: 'ES256', state: 'next', not_before: new Date(Date.now() + DAY_MS).toISOString() } as const;
    const [made, alone] = [
      await first().administration.create(set, waiting),
      await first().administration.create(empty, waiting),
    ];
    const looks = async (days: number): Promise<void> => {
      await Promise.all(rotations.map((rotation) => rotation.look(new Date(Date.now() + days * DAY_MS))));
    };
    await looks(0.9);
    expect([await states(set), await states(empty)]).toEqual([['next', 'active'], ['next']]);
    expect((await first().keySets.signingKey(set)).kid).toBe(kid);
    await looks(1.1);
    expect([await states(set), await states(empty)]).toEqual([['active', 'active'], ['active']]);
    for (const replica of replicas) {
      replica.keySets.forget();
      expect((await replica.keySets.signingKey(set)).kid).toBe(made.kid);
      expect((await replica.keySets.signingKey(empty)).kid).toBe(alone.kid);
    }
  });

  it('keeps a next key newer than one that is generated because no key signed', async () => {
    const set = `set-${randomUUID()}`;
    const not_before = new Date(Date.now() + DAY_MS).toISOString();
    const { kid } = await first().administration.create(set, { alg: 'ES256', state: 'next', not_before });
    expect((await first().keySets.signingKey(set)).kid).not.toBe(kid);
    expect(await states(set)).toEqual(['next', 'active']);
    await rotations[0]!.look(new Date(Date.now() + 2 * DAY_MS));
    expect((await first().keySets.signingKey(set)).kid).toBe(kid);
  });

  describe('by the clock', () => {
    beforeEach(() => {
      vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'], shouldAdvanceTime: true });
    });
    afterEach(() => {
      vi.useRealTimers();
    });

    it('checks every minute in each replica, carries out each change once, and ends with the server', async () => {
      const enabled = await Promise.all(
        [1, 2].map(() => Replica.open(database.dsn, { keys: { algorithm: 'ES256', rotation: settings } })),
      );
      const timed = enabled.map((r) => new KeyRotation(r.records, r.keySets, r.config, ready, NO_IMPORT, new Events()));
      const looks = timed.map((rotation) => vi.spyOn(rotation, 'look'));
      const looked = (): Promise<unknown> =>
        Promise.all(looks.flatMap((look) => look.mock.results.map(({ value }) => value as Promise<void>)));
      await enabled[0]!.keySets.signingKey(ID_TOKEN_KEY_SET);
      for (const rotation of timed) rotation.onApplicationBootstrap();
      for (const [days, expected] of [
        [80, ['active ES256', 'active RS256']],
        [89.5, ['next ES256', 'active ES256', 'next RS256', 'active RS256']],
        [91, ['active ES256', 'retired ES256', 'active RS256', 'retired RS256']],
        [122, ['active ES256', 'active RS256']],
      ] as const) {
        vi.setSystemTime(start + days * DAY_MS);
        vi.advanceTimersByTime(60_000);
        await looked();
        const rows = await first().records.rows(ID_TOKEN_KEY_SET);
        expect([days, rows.map(({ state, alg }) => `${state} ${alg}`)]).toEqual([days, expected]);
      }
      expect(looks.map((look) => look.mock.calls.length >= 4)).toEqual([true, true]);
      for (const rotation of timed) rotation.onApplicationShutdown();
      const counts = looks.map((look) => look.mock.calls.length);
      vi.advanceTimersByTime(600_000);
      expect(looks.map((look) => look.mock.calls.length)).toEqual(counts);
      await Promise.all(enabled.map((replica) => replica.close()));
    });
  });

  it('keeps the algorithm of the signing key', async () => {
    const set = `set-${randomUUID()}`;
    await first().administration.create(set, { alg: 'EdDSA' });
    await rotateAll(set, 89.5);
    expect((await first().records.rows(set)).map((row) => row.alg)).toEqual(['EdDSA', 'EdDSA']);
  });

  it('generates nothing in a set that was never used', async () => {
    const set = `set-${randomUUID()}`;
    await rotateAll(set, 1000);
    expect(await states(set)).toEqual([]);
  });
});
