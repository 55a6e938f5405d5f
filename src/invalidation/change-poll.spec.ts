import { describe, expect, it } from 'vitest';
import type { Migrated } from '../database/migrated.js';
import type { Statements } from '../database/statements.js';
import { ChangePoll, MOST_ROWS } from './change-poll.js';
import type { InvalidationMetrics } from './invalidation-metrics.js';
import type { Invalidation } from './invalidation.js';

describe('polled changes', () => {
  /** The deliveries of one poll that returns `count` changes. The poll before it has cleared all caches. */
  async function polled(count: number, oldest = '7'): Promise<{ one: number; all: number; asked: unknown[] }> {
    const told = { one: 0, all: 0, asked: [] as unknown[] };
    const rows = Array.from({ length: count }, (_, i) => ({ oldest, xact: '7', kind: 'client', id: `c${i}` }));
    const answers = [[{ oldest: '7', xact: null, kind: '', id: '' }], rows];
    const run = (_: unknown, values: unknown[]): Promise<unknown[]> => {
      const answer = answers.shift();
      if (answer === rows) Object.assign(told, { one: 0, all: 0, asked: values });
      return Promise.resolve(answer ?? []);
    };
    const invalidation = { deliver: () => told.one++, deliverAll: () => told.all++ };
    const poll = new ChangePoll(
      { run } as unknown as Statements,
      { whenReady: Promise.resolve() } as Migrated,
      invalidation as unknown as Invalidation,
      { received: () => undefined } as unknown as InvalidationMetrics,
    );
    poll.start();
    await expect.poll(() => told.asked.length > 0 && told.one + told.all > 0).toBe(true);
    poll.stop();
    return told;
  }

  it('are delivered one by one', async () => {
    expect(await polled(MOST_ROWS)).toMatchObject({ one: MOST_ROWS, all: 0 });
  });

  it('of another database, with a transaction count of its own, clear all caches', async () => {
    expect(await polled(1, '3')).toMatchObject({ all: 1 });
  });

  it('are bounded: more than that clear all caches', async () => {
    expect(await polled(MOST_ROWS + 1)).toMatchObject({ one: 0, all: 1, asked: ['7', MOST_ROWS + 1] });
  });
});
