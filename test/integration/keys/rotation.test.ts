import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Migrated } from '../../../src/database/migrated.js';
import { Events } from '../../../src/events/events.js';
import { KeyRotation } from '../../../src/keys/rotation.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { Replica } from './replica.js';

const DAY_MS = 86_400_000;
const settings = { enabled: true, every: 90 * 86_400, publish_ahead: 86_400, keep_retired: 30 * 86_400 };

describe('automatic rotation', () => {
  let database: TestDatabase;
  let replicas: Replica[];
  let rotations: KeyRotation[];

  beforeAll(async () => {
    database = await freshDatabase();
    const keys = { algorithm: 'ES256' } as const;
    replicas = await Promise.all([1, 2].map(() => Replica.open(database.dsn, { keys })));
    const migrated = { ready: true } as unknown as Migrated;
    rotations = replicas.map((r) => new KeyRotation(r.records, r.keySets, r.config, migrated, new Events()));
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

  it('publishes, starts, retires and removes keys, each once, however many replicas look', async () => {
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

  it('keeps the algorithm of the key that signs', async () => {
    const set = `set-${randomUUID()}`;
    await first().administration.create(set, { alg: 'EdDSA' });
    await rotateAll(set, 89.5);
    expect((await first().records.rows(set)).map((row) => row.alg)).toEqual(['EdDSA', 'EdDSA']);
  });

  it('makes nothing in a set that was never used', async () => {
    const set = `set-${randomUUID()}`;
    await rotateAll(set, 1000);
    expect(await states(set)).toEqual([]);
  });
});
