import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { FlowStore } from '../../../src/flow-store/flow-store.js';

/** Two stores over the same data, each with connections of its own: what two replicas are. */
export interface Replicas {
  first: FlowStore;
  second: FlowStore;
  close(): Promise<void>;
}

const HOUR_MS = 3_600_000;
const SHORT_MS = 300;
const RACERS = 50;

/** What every flow store does. `open` is called once for the suite. */
export function describeFlowStore(name: string, open: () => Promise<Replicas>): void {
  describe(`the flow store on ${name}`, () => {
    let replicas: Replicas;
    let store: FlowStore;
    let other: FlowStore;

    beforeAll(async () => {
      replicas = await open();
      ({ first: store, second: other } = replicas);
    });
    afterAll(() => replicas.close());

    const newKey = (): Buffer => randomBytes(32);
    const kept = async (value = Buffer.from('a value')): Promise<Buffer> => {
      const key = newKey();
      await store.put(key, value, HOUR_MS);
      return key;
    };
    /** The same act from both replicas at once, fifty times: how many were told that they won. */
    const race = async (act: (store: FlowStore, racer: number) => Promise<boolean>): Promise<number> => {
      const racers = Array.from({ length: RACERS }, (_, i) => act(i % 2 ? store : other, i));
      return (await Promise.all(racers)).filter(Boolean).length;
    };
    const ended = (key: Buffer): Promise<void> =>
      vi.waitFor(
        async () => {
          expect(await store.get(key)).toBeUndefined();
        },
        { timeout: 20_000, interval: 20 },
      );

    it('answers a ping', async () => {
      await expect(store.ping()).resolves.toBeUndefined();
    });

    it('gives every replica what was put, as version 1', async () => {
      const key = await kept(Buffer.from('first'));
      expect(await other.get(key)).toEqual({ value: Buffer.from('first'), version: 1 });
    });

    it('knows nothing of a key that was never put', async () => {
      const key = newKey();
      expect(await store.get(key)).toBeUndefined();
      expect(await store.transition(key, 1, Buffer.from('x'))).toBe(false);
      expect(await store.claim(key)).toBe(false);
      await expect(store.remove(key)).resolves.toBeUndefined();
    });

    it('begins anew where a value is put again: version 1, unclaimed', async () => {
      const key = await kept();
      await store.transition(key, 1, Buffer.from('second'));
      await store.claim(key);
      await store.put(key, Buffer.from('third'), HOUR_MS);
      expect(await other.get(key)).toEqual({ value: Buffer.from('third'), version: 1 });
      expect(await store.claim(key)).toBe(true);
    });

    it('moves on from the version that is stored, and only from it', async () => {
      const key = await kept(Buffer.from('one'));
      expect(await store.transition(key, 2, Buffer.from('wrong'))).toBe(false);
      expect(await store.transition(key, 1, Buffer.from('two'))).toBe(true);
      expect(await store.transition(key, 1, Buffer.from('late'))).toBe(false);
      expect(await other.transition(key, 2, Buffer.from('three'))).toBe(true);
      expect(await store.get(key)).toEqual({ value: Buffer.from('three'), version: 3 });
    });

    it('counts on past one byte', async () => {
      const key = await kept();
      for (let version = 1; version < 260; version++) await store.transition(key, version, Buffer.from('x'));
      expect((await store.get(key))?.version).toBe(260);
    });

    it('lets the first claim win, and no later one', async () => {
      const key = await kept();
      expect(await store.claim(key)).toBe(true);
      expect(await store.claim(key)).toBe(false);
      expect(await other.claim(key)).toBe(false);
    });

    it('keeps a claim over a transition, and the value over a claim', async () => {
      const key = await kept();
      await store.claim(key);
      expect(await store.transition(key, 1, Buffer.from('two'))).toBe(true);
      expect(await store.claim(key)).toBe(false);
      expect(await store.get(key)).toEqual({ value: Buffer.from('two'), version: 2 });
    });

    it('forgets what is removed', async () => {
      const key = await kept();
      await store.remove(key);
      expect(await other.get(key)).toBeUndefined();
      expect(await other.claim(key)).toBe(false);
    });

    it('ends a record with its lifetime: nothing to read, to move on or to claim', async () => {
      const key = newKey();
      await store.put(key, Buffer.from('short'), SHORT_MS);
      await ended(key);
      expect(await store.transition(key, 1, Buffer.from('late'))).toBe(false);
      expect(await store.claim(key)).toBe(false);
    });

    it('does not lengthen the lifetime by a transition or a claim', async () => {
      const key = newKey();
      await store.put(key, Buffer.from('short'), SHORT_MS);
      await store.transition(key, 1, Buffer.from('moved on'));
      await store.claim(key);
      await ended(key);
    });

    it('gives a value that is put again the new lifetime', async () => {
      const [ends, stays] = [newKey(), newKey()];
      for (const key of [ends, stays]) await store.put(key, Buffer.from('short'), SHORT_MS);
      await store.put(stays, Buffer.from('long'), HOUR_MS);
      await ended(ends);
      expect((await store.get(stays))?.value).toEqual(Buffer.from('long'));
    });

    it('keeps every byte of a value', async () => {
      const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
      const key = await kept(bytes);
      expect((await store.get(key))?.value).toEqual(bytes);
      await store.transition(key, 1, Buffer.from([...bytes].reverse()));
      expect((await store.get(key))?.value).toEqual(Buffer.from([...bytes].reverse()));
    });

    it('keeps an empty value', async () => {
      const key = await kept(Buffer.alloc(0));
      expect(await store.get(key)).toEqual({ value: Buffer.alloc(0), version: 1 });
    });

    it('keeps values of 64 KiB, by put and by transition', async () => {
      const [big, bigger] = [randomBytes(65_536), randomBytes(65_537)];
      const key = await kept(big);
      expect((await store.get(key))?.value.equals(big)).toBe(true);
      expect(await store.transition(key, 1, bigger)).toBe(true);
      expect((await other.get(key))?.value.equals(bigger)).toBe(true);
    });

    it('lets exactly one of fifty transitions from one version win', async () => {
      const key = await kept();
      const won: number[] = [];
      const winners = await race(async (racing, racer) => {
        const done = await racing.transition(key, 1, Buffer.from(`racer ${String(racer)}`));
        if (done) won.push(racer);
        return done;
      });
      expect(winners).toBe(1);
      expect(await store.get(key)).toEqual({ value: Buffer.from(`racer ${String(won[0])}`), version: 2 });
    });

    it('lets exactly one win even where all fifty write the same', async () => {
      const key = await kept();
      expect(await race((racing) => racing.transition(key, 1, Buffer.from('the same')))).toBe(1);
    });

    it('lets exactly one of fifty claims win', async () => {
      const key = await kept();
      expect(await race((racing) => racing.claim(key))).toBe(1);
    });

    it('decides transitions and claims of one key apart', async () => {
      const key = await kept();
      const [transitions, claims] = await Promise.all([
        race((racing, racer) => racing.transition(key, 1, Buffer.from(String(racer)))),
        race((racing) => racing.claim(key)),
      ]);
      expect([transitions, claims]).toEqual([1, 1]);
      expect((await store.get(key))?.version).toBe(2);
    });

    it('counts under one key for all replicas, and tells what is left of the window', async () => {
      const key = newKey();
      expect(await store.counted(key)).toBeUndefined();
      const counts = await Promise.all(
        Array.from({ length: RACERS }, (_, i) => (i % 2 ? store : other).count(key, HOUR_MS)),
      );
      expect(counts.map(({ count }) => count).toSorted((a, b) => a - b)).toEqual(counts.map((_, i) => i + 1));
      const { count = 0, remainingMs = 0 } = (await other.counted(key)) ?? {};
      expect(count).toBe(RACERS);
      expect(remainingMs).toBeGreaterThan(0);
      expect(remainingMs).toBeLessThanOrEqual(HOUR_MS);
    });

    it('counts anew once the window is over, which later counts do not prolong', async () => {
      const key = newKey();
      await store.count(key, SHORT_MS);
      await store.count(key, HOUR_MS);
      await vi.waitFor(
        async () => {
          expect(await other.counted(key)).toBeUndefined();
        },
        { timeout: 20_000, interval: 20 },
      );
      expect((await store.count(key, HOUR_MS)).count).toBe(1);
    });

    it('keeps many keys apart under load', async () => {
      const keys = Array.from({ length: 200 }, newKey);
      await Promise.all(keys.map((key, i) => store.put(key, Buffer.from(String(i)), HOUR_MS)));
      const values = await Promise.all(keys.map(async (key) => (await other.get(key))?.value.toString()));
      expect(values).toEqual(keys.map((_, i) => String(i)));
    });
  });
}
