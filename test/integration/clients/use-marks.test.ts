import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { possibleBuckets } from '../../../src/database/buckets.js';
import { UseMarks } from '../../../src/database/use-marks.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { type RunningServer, startServer } from './server.js';

const DAY = 86_400_000;
const NOW = new Date('2031-03-10T12:00:00Z');
const after = (ms: number, from = NOW): Date => new Date(from.getTime() + ms);

describe('use marks', () => {
  let database: TestDatabase;
  let server: RunningServer;
  let marks: UseMarks;
  const claim = (purpose: string, value: string, expiresAt: Date, now: Date): Promise<boolean> =>
    marks.claim({ purpose, value, expiresAt }, now);
  const partitions = async (): Promise<string[]> => {
    const sql = `select inhrelid::regclass::text as name from pg_inherits where inhparent = 'use_mark'::regclass`;
    return (await server.get(DataSource).query<{ name: string }[]>(sql)).map(({ name }) => name);
  };

  beforeAll(async () => {
    database = await freshDatabase();
    server = await startServer(database.dsn);
    marks = server.get(UseMarks);
  });
  afterAll(async () => {
    await server.close();
    await database.drop();
  });

  it('accept the first use and no later one', async () => {
    const value = randomUUID();
    expect(await claim('a', value, after(60_000), NOW)).toBe(true);
    expect(await claim('a', value, after(60_000), NOW)).toBe(false);
    expect(await claim('b', value, after(60_000), NOW)).toBe(true);
    expect(await claim('a', `${value}x`, after(60_000), NOW)).toBe(true);
  });

  it.each([
    ['of today', 60_000],
    ['of a distant month', 90 * DAY],
    ['without end', 1_000 * 365 * DAY],
  ])('%s accept one of fifty simultaneous uses, and create their partition', async (_, ms) => {
    const value = randomUUID();
    const all = Array.from({ length: 50 }, () => claim('race', value, after(ms), NOW));
    expect((await Promise.all(all)).filter(Boolean)).toHaveLength(1);
  });

  it('are found again after the bucket of the expiry has changed', async () => {
    const [value, expiresAt] = [randomUUID(), after(60 * DAY)];
    expect(await claim('a', value, expiresAt, NOW)).toBe(true);
    expect(await claim('a', value, expiresAt, after(30 * DAY))).toBe(false);
  });

  it('accept one of two uses on different clocks when the bucket changes between them', async () => {
    const midnight = new Date('2031-03-11T00:00:00Z');
    const expiresAt = new Date('2031-04-25T10:00:00Z'); // the last day that is 45 days after `midnight`
    for (let i = 0; i < 10; i++) {
      const value = randomUUID();
      const clocks = [after(-1_000, midnight), after(1_000, midnight)];
      const outcomes = await Promise.all(clocks.map((now) => claim('a', value, expiresAt, now)));
      expect(outcomes.filter(Boolean)).toHaveLength(1);
    }
  });

  it('share one partition for distant expiries', async () => {
    const expiries = [3, 50, 100, 200_000].map((years) => after(years * 365 * DAY));
    for (const expiresAt of expiries) expect(await claim('a', randomUUID(), expiresAt, NOW)).toBe(true);
    const made = new Set(await partitions());
    for (const expiresAt of expiries) {
      for (const bucket of possibleBuckets(expiresAt).slice(0, 2)) expect(made).not.toContain(`use_mark_${bucket}`);
    }
  });
});
