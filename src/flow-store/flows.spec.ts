import { beforeEach, describe, expect, it } from 'vitest';
import { ConfigHolder } from '../config/config-holder.js';
import type { Configuration } from '../config/configuration.js';
import type { FlowStore, StoredCount, StoredFlow } from './flow-store.js';
import { unboundValue } from '../../test/support/unbound-value.js';
import { Flows } from './flows.js';

/** A store whose records the test can read and change. */
class OpenStore implements FlowStore {
  readonly records = new Map<string, StoredFlow & { keepForMs: number }>();

  put(key: Buffer, value: Buffer, keepForMs: number): Promise<void> {
    this.records.set(key.toString('hex'), { value, version: 1, keepForMs });
    return Promise.resolve();
  }
  get(key: Buffer): Promise<StoredFlow | undefined> {
    return Promise.resolve(this.records.get(key.toString('hex')));
  }
  transition(key: Buffer, expectedVersion: number, next: Buffer): Promise<boolean> {
    const record = this.records.get(key.toString('hex'));
    if (record?.version !== expectedVersion) return Promise.resolve(false);
    this.records.set(key.toString('hex'), { ...record, value: next, version: expectedVersion + 1 });
    return Promise.resolve(true);
  }
  async poll(key: Buffer): Promise<(StoredFlow & { inTime: boolean }) | undefined> {
    const stored = await this.get(key);
    return stored && { ...stored, inTime: true };
  }
  remove(key: Buffer): Promise<void> {
    this.records.delete(key.toString('hex'));
    return Promise.resolve();
  }
  count(): Promise<StoredCount> {
    return Promise.resolve({ count: 1, remainingMs: 1 });
  }
  counted(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
  time(): Promise<number> {
    return Promise.resolve(0);
  }
  ping(): Promise<void> {
    return Promise.resolve();
  }
}

const HANDLE = 'a-handle-that-nobody-guesses';
const now = new Date('2026-01-01T00:00:00Z');
const life = { now, expiresAt: new Date('2026-01-01T00:10:00Z') };
const holderOf = (secrets: Partial<Configuration['secrets']>): ConfigHolder =>
  new ConfigHolder({ secrets: { cookie: [], pagination: [], ...secrets } } as unknown as Configuration);
const withSecrets = (...system: string[]): ConfigHolder => holderOf({ system, accept_unbound: true });

describe('Flows', () => {
  let store: OpenStore;
  let flows: Flows;

  beforeEach(() => {
    store = new OpenStore();
    flows = new Flows(store, withSecrets('first-secret-of-sixteen'));
  });

  it('gives back what was put, with version and expiry', async () => {
    await flows.put('login', HANDLE, { subject: 'aeneas', amount: 12345678901234567890n }, life);
    const record = await flows.get('login', HANDLE);
    expect(record).toEqual({
      data: { subject: 'aeneas', amount: 12345678901234567890n },
      version: 1,
      expiresAt: life.expiresAt,
    });
  });

  it('stores neither the handle nor the value in a readable form', async () => {
    await flows.put('login', HANDLE, { subject: 'aeneas' }, life);
    const stores = [...store.records].flatMap(([key, { value }]) => [Buffer.from(key, 'hex'), value]);
    expect(stores).toHaveLength(2);
    for (const stored of stores) {
      expect(stored.includes(HANDLE)).toBe(false);
      expect(stored.includes('aeneas')).toBe(false);
      expect(stored.includes('login')).toBe(false);
    }
  });

  it('keeps a record for one hour after its expiry, so that expired and unknown differ', async () => {
    await flows.put('login', HANDLE, {}, life);
    expect([...store.records.values()][0]?.keepForMs).toBe(600_000 + 3_600_000);
    expect((await flows.get('login', HANDLE))?.expiresAt).toEqual(life.expiresAt);
    expect(await flows.get('login', 'another handle')).toBeUndefined();
  });

  it('keeps a record for one hour that was expired already when it was put', async () => {
    await flows.put('login', HANDLE, {}, { now, expiresAt: new Date(now.getTime() - 1) });
    expect([...store.records.values()][0]?.keepForMs).toBe(3_600_000);
  });

  it('keeps records of different kinds under one handle apart', async () => {
    await flows.put('login', HANDLE, { kind: 'login' }, life);
    expect(await flows.get('consent', HANDLE)).toBeUndefined();
  });

  it('does not open a value of one kind as a value of another kind', async () => {
    await flows.put('login', HANDLE, { kind: 'login' }, life);
    await flows.put('consent', HANDLE, { kind: 'consent' }, life);
    const [login, consent] = [...store.records.values()];
    if (login && consent) consent.value = login.value;
    expect(await flows.get('consent', HANDLE)).toBeUndefined();
  });

  it('does not open a record under the key of another record of the same kind', async () => {
    await flows.put('login', HANDLE, { subject: 'aeneas' }, life);
    await flows.put('login', 'another-handle', { subject: 'dido' }, life);
    const [one, other] = [...store.records.values()];
    if (one && other) [one.value, other.value] = [other.value, one.value];
    expect(await flows.get('login', HANDLE)).toBeUndefined();
    expect(await flows.get('login', 'another-handle')).toBeUndefined();
  });

  describe('a record of an earlier release, whose value is not bound to a key', () => {
    const putOld = async (expiresAt: number): Promise<void> => {
      await flows.put('login', HANDLE, {}, life);
      const [record] = [...store.records.values()];
      const envelope = JSON.stringify({ expiresAt, data: { subject: 'aeneas' } });
      if (record) record.value = unboundValue('first-secret-of-sixteen', 'flow login', envelope);
    };
    const inAMinute = (): number => Date.now() + 60_000;

    it('is opened, and its next step binds it', async () => {
      await putOld(inAMinute());
      const strict = new Flows(store, holderOf({ system: ['first-secret-of-sixteen'], accept_unbound: false }));
      const old = await flows.get('login', HANDLE);
      if (!old) throw new Error('it does not open');
      expect(old.data).toEqual({ subject: 'aeneas' });
      expect(await strict.get('login', HANDLE)).toBeUndefined();
      await flows.transition('login', HANDLE, { from: old, to: { subject: 'dido' } });
      expect((await strict.get('login', HANDLE))?.data).toEqual({ subject: 'dido' });
    });

    it('is expired for one hour after its expiry, and unknown once the store must have deleted it', async () => {
      await putOld(Date.now() - 1000);
      expect((await flows.get('login', HANDLE))?.data).toEqual({ subject: 'aeneas' });
      await putOld(Date.now() - 3_600_001);
      expect(await flows.get('login', HANDLE)).toBeUndefined();
    });
  });

  it('opens records of a rotated secret, and none of a removed secret', async () => {
    await flows.put('login', HANDLE, { subject: 'aeneas' }, life);
    const rotated = new Flows(store, withSecrets('second-secret-of-sixteen', 'first-secret-of-sixteen'));
    const without = new Flows(store, withSecrets('second-secret-of-sixteen'));
    expect((await rotated.get('login', HANDLE))?.data).toEqual({ subject: 'aeneas' });
    expect(await without.get('login', HANDLE)).toBeUndefined();
  });

  it('gives undefined when the stored value was altered', async () => {
    await flows.put('login', HANDLE, { subject: 'aeneas' }, life);
    const [record] = [...store.records.values()];
    if (record) record.value[20] = (record.value[20] ?? 0) ^ 1;
    expect(await flows.get('login', HANDLE)).toBeUndefined();
  });

  it('moves a record on only from the version that was read, and keeps its expiry', async () => {
    await flows.put('login', HANDLE, { step: 'asked' }, life);
    const asked = await flows.get<{ step: string }>('login', HANDLE);
    if (!asked) throw new Error('nothing was stored');
    expect(await flows.transition('login', HANDLE, { from: asked, to: { step: 'answered' } })).toBe(true);
    expect(await flows.transition('login', HANDLE, { from: asked, to: { step: 'answered twice' } })).toBe(false);
    expect(await flows.get('login', HANDLE)).toEqual({
      data: { step: 'answered' },
      version: 2,
      expiresAt: life.expiresAt,
    });
  });

  it('does not find a removed record', async () => {
    await flows.put('login', HANDLE, {}, life);
    await flows.remove('login', HANDLE);
    expect(await flows.get('login', HANDLE)).toBeUndefined();
  });
});
