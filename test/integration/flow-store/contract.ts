import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { FlowStore } from '../../../src/flow-store/flow-store.js';

/** Two stores over the same data, each with connections of its own, as in two replicas. */
export interface Replicas {
  first: FlowStore;
  second: FlowStore;
  close(): Promise<void>;
}

const HOUR_MS = 3_600_000;
const SHORT_MS = 300;
const RACERS = 50;

/** The tests that every flow store must pass. `open` is called once for the suite. */
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
    /** Runs the same call from both replicas at once, fifty times; returns how many calls succeeded. */
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

    it('returns a stored value to every replica, as version 1', async () => {
      const key = await kept(Buffer.from('first'));
      expect(await other.get(key)).toEqual({ value: Buffer.from('first'), version: 1 });
    });

    it('tells a poll that comes too early, and returns the record either way, as it was', async () => {
      const key = await kept(Buffer.from('polled'));
      const pace = { everyMs: HOUR_MS / 60, slowerByMs: 5_000, toleranceMs: 500 };
      const polls = [await store.poll(key, pace), await other.poll(key, pace), await store.poll(key, pace)];
      expect(polls.map((poll) => poll?.inTime)).toEqual([true, false, false]);
      for (const poll of polls) expect(poll).toMatchObject({ value: Buffer.from('polled'), version: 1 });
      expect(await store.transition(key, 1, Buffer.from('next'))).toBe(true);
      expect(await other.poll(key, pace)).toEqual({ value: Buffer.from('next'), version: 2, inTime: false });
      expect(await store.get(key)).toEqual({ value: Buffer.from('next'), version: 2 });
    });

    it('counts one of many polls at once as in time, whatever replica they come to', async () => {
      const key = await kept();
      const pace = { everyMs: HOUR_MS / 60, slowerByMs: 1, toleranceMs: 500 };
      expect(await race(async (one) => (await one.poll(key, pace))?.inTime === true)).toBe(1);
    });

    it('counts a poll as in time again when its time has come', async () => {
      const key = await kept();
      const pace = { everyMs: 40, slowerByMs: 0, toleranceMs: 0 };
      expect((await store.poll(key, pace))?.inTime).toBe(true);
      await vi.waitFor(
        async () => {
          expect((await other.poll(key, pace))?.inTime).toBe(true);
        },
        { timeout: 20_000, interval: 5 },
      );
    });

    it('polls nothing under a key that was never put', async () => {
      expect(await store.poll(newKey(), { everyMs: 1_000, slowerByMs: 0, toleranceMs: 0 })).toBeUndefined();
    });

    it('finds nothing under a key that was never put', async () => {
      const key = newKey();
      expect(await store.get(key)).toBeUndefined();
      expect(await store.transition(key, 1, Buffer.from('x'))).toBe(false);
      await expect(store.remove(key)).resolves.toBeUndefined();
    });

    it('begins at version 1 again when a value is replaced', async () => {
      const key = await kept();
      await store.transition(key, 1, Buffer.from('second'));
      await store.put(key, Buffer.from('third'), HOUR_MS);
      expect(await other.get(key)).toEqual({ value: Buffer.from('third'), version: 1 });
    });

    it('changes a value only from the stored version', async () => {
      const key = await kept(Buffer.from('one'));
      expect(await store.transition(key, 2, Buffer.from('wrong'))).toBe(false);
      expect(await store.transition(key, 1, Buffer.from('two'))).toBe(true);
      expect(await store.transition(key, 1, Buffer.from('late'))).toBe(false);
      expect(await other.transition(key, 2, Buffer.from('three'))).toBe(true);
      expect(await store.get(key)).toEqual({ value: Buffer.from('three'), version: 3 });
    });

    it('counts versions beyond one byte', async () => {
      const key = await kept();
      for (let version = 1; version < 260; version++) await store.transition(key, version, Buffer.from('x'));
      expect((await store.get(key))?.version).toBe(260);
    });

    it('does not find a removed record', async () => {
      const key = await kept();
      await store.remove(key);
      expect(await other.get(key)).toBeUndefined();
    });

    it('neither reads nor changes a record after its lifetime', async () => {
      const key = newKey();
      await store.put(key, Buffer.from('short'), SHORT_MS);
      await ended(key);
      expect(await store.transition(key, 1, Buffer.from('late'))).toBe(false);
    });

    it('does not lengthen the lifetime by a transition', async () => {
      const key = newKey();
      await store.put(key, Buffer.from('short'), SHORT_MS);
      await store.transition(key, 1, Buffer.from('moved on'));
      await ended(key);
    });

    it('gives a replaced value the new lifetime', async () => {
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

    it('lets exactly one win even if all fifty write the same value', async () => {
      const key = await kept();
      expect(await race((racing) => racing.transition(key, 1, Buffer.from('the same')))).toBe(1);
    });

    it('counts under one key for all replicas, and returns the rest of the window', async () => {
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

    it('restarts the count after the window, which later counts do not prolong', async () => {
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

    it('has a clock of its own, which is the same for all replicas', async () => {
      const key = newKey();
      const before = await store.time(key);
      vi.useFakeTimers({ toFake: ['Date'], now: 0 });
      const after = await other.time(key).finally(() => vi.useRealTimers());
      expect(Number.isSafeInteger(before)).toBe(true);
      expect(after).toBeGreaterThanOrEqual(before);
    });

    it('keeps many keys apart under load', async () => {
      const keys = Array.from({ length: 200 }, newKey);
      await Promise.all(keys.map((key, i) => store.put(key, Buffer.from(String(i)), HOUR_MS)));
      const values = await Promise.all(keys.map(async (key) => (await other.get(key))?.value.toString()));
      expect(values).toEqual(keys.map((_, i) => String(i)));
    });
  });
}
