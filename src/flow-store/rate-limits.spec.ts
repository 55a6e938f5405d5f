import { beforeEach, describe, expect, it } from 'vitest';
import { ConfigHolder } from '../config/config-holder.js';
import type { Configuration } from '../config/configuration.js';
import { type FlowStore, FlowStoreUnavailable, type StoredCount } from './flow-store.js';
import { type RateLimit, RateLimits } from './rate-limits.js';

/** Counters in memory; `asked` is the number of calls. */
class Counters {
  readonly counts = new Map<string, number>();
  asked = 0;
  down = false;

  count(key: Buffer, windowMs: number): Promise<StoredCount> {
    const count = (this.counts.get(key.toString('hex')) ?? 0) + 1;
    if (!this.down) this.counts.set(key.toString('hex'), count);
    return this.answer({ count, remainingMs: windowMs });
  }
  counted(key: Buffer): Promise<StoredCount | undefined> {
    const count = this.counts.get(key.toString('hex'));
    return this.answer(count === undefined ? undefined : { count, remainingMs: 1_500 });
  }
  private answer<T>(value: T): Promise<T> {
    this.asked++;
    return this.down ? Promise.reject(new FlowStoreUnavailable('no connection')) : Promise.resolve(value);
  }
}

const rate: RateLimit = { name: 'knocks by address', limit: 2, windowMs: 10_000 };
const now = new Date('2026-01-01T00:00:00Z');
const later = (ms: number): Date => new Date(now.getTime() + ms);

describe('rate limits', () => {
  let counters: Counters;
  let limits: RateLimits;

  const replica = (): RateLimits => {
    const config = { secrets: { system: ['a-system-secret-of-the-test'] } } as unknown as Configuration;
    return new RateLimits(counters as unknown as FlowStore, new ConfigHolder(config));
  };

  beforeEach(() => {
    counters = new Counters();
    limits = replica();
  });

  it('allow the limit in a window, whichever process counts, and return how long to wait', async () => {
    expect(await limits.take(rate, 'a', now)).toEqual({ allowed: true, retryAfterSeconds: 0 });
    expect((await replica().take(rate, 'a', now)).allowed).toBe(true);
    expect(await limits.take(rate, 'a', now)).toEqual({ allowed: false, retryAfterSeconds: 10 });
    expect((await replica().take(rate, 'a', now)).allowed).toBe(false);
  });

  it('count each subject and each name separately', async () => {
    for (const subject of ['a', 'a', 'a', 'b']) await limits.take(rate, subject, now);
    expect((await limits.take(rate, 'b', now)).allowed).toBe(true);
    expect((await limits.take({ ...rate, name: 'another' }, 'a', now)).allowed).toBe(true);
  });

  it('can be read without counting', async () => {
    expect((await limits.peek(rate, 'a', now)).allowed).toBe(true);
    await limits.take(rate, 'a', now);
    expect((await limits.peek(rate, 'a', now)).allowed).toBe(true);
    await limits.take(rate, 'a', now);
    expect(await limits.peek(rate, 'a', now)).toEqual({ allowed: false, retryAfterSeconds: 2 });
    expect([...counters.counts.values()]).toEqual([2]);
  });

  it('refuse a subject without asking the store again, until its window is over or the limit rises', async () => {
    for (let i = 0; i < 3; i++) await limits.take(rate, 'a', now);
    const asked = counters.asked;
    expect(await limits.take(rate, 'a', later(4_000))).toEqual({ allowed: false, retryAfterSeconds: 6 });
    expect(counters.asked).toBe(asked);
    expect((await limits.take({ ...rate, limit: 9 }, 'a', later(4_000))).allowed).toBe(true);
    counters.counts.clear();
    expect((await limits.take(rate, 'a', later(10_000))).allowed).toBe(true);
  });

  it('limit nothing at 0, and do not ask the store', async () => {
    for (let i = 0; i < 5; i++) expect((await limits.take({ ...rate, limit: 0 }, 'a', now)).allowed).toBe(true);
    expect(counters.asked).toBe(0);
  });

  it('limit nothing while the store cannot be reached', async () => {
    counters.down = true;
    for (let i = 0; i < 5; i++) expect((await limits.take(rate, 'a', now)).allowed).toBe(true);
  });

  it('use keys from which a subject can be neither read nor guessed', async () => {
    const secret = { secrets: { system: ['another-system-secret'] } } as unknown as Configuration;
    await limits.take(rate, '192.0.2.1', now);
    await new RateLimits(counters as unknown as FlowStore, new ConfigHolder(secret)).take(rate, '192.0.2.1', now);
    expect(counters.counts.size).toBe(2);
  });
});
