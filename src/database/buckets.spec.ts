import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bucketOf, bucketsAhead, endOfBucket, FAR_BUCKET, possibleBuckets } from './buckets.js';

const DAY_MS = 86_400_000;
const now = new Date('2026-02-28T23:59:59.999Z');
const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) / DAY_MS;
const at = (text: string): Date => new Date(text);

describe('bucketOf', () => {
  it('is the UTC day of the expiry for up to 45 days ahead', () => {
    expect(bucketOf(at('2026-02-28T23:59:59.999Z'), now)).toBe(dayOf('2026-02-28'));
    expect(bucketOf(at('2026-03-01T00:00:00.000Z'), now)).toBe(dayOf('2026-03-01'));
    expect(bucketOf(at('2026-04-14T23:59:59.999Z'), now)).toBe(dayOf('2026-04-14'));
  });

  it('is the month of the expiry beyond 45 days, up to two years ahead', () => {
    const month = bucketOf(at('2026-04-15T00:00:00.000Z'), now);
    expect(month).toBe(bucketOf(at('2026-04-30T23:59:59.999Z'), now));
    expect(bucketOf(at('2026-05-01T00:00:00.000Z'), now)).toBe(month + 1);
    expect(bucketOf(at('2028-02-29T23:59:59.999Z'), now)).toBe(month + 22);
  });

  it('is the far bucket beyond two years', () => {
    expect(bucketOf(at('2028-03-01T00:00:00.000Z'), now)).toBe(FAR_BUCKET);
    expect(bucketOf(at('9999-12-31T00:00:00.000Z'), now)).toBe(FAR_BUCKET);
  });

  it('is the day of the expiry for a row that has expired already', () => {
    expect(bucketOf(at('2026-01-01T10:00:00.000Z'), now)).toBe(dayOf('2026-01-01'));
  });

  it('fits the two bytes of a token, and never ends before its rows do', () => {
    const moment = fc.date({ min: at('2025-01-01T00:00:00Z'), max: at('2060-01-01T00:00:00Z'), noInvalidDate: true });
    const lifetime = fc.integer({ min: 0, max: 40 * 365 * DAY_MS });
    fc.assert(
      fc.property(moment, lifetime, (madeAt, ms) => {
        const expiresAt = new Date(madeAt.getTime() + ms);
        const bucket = bucketOf(expiresAt, madeAt);
        expect(bucket).toBeGreaterThanOrEqual(0);
        expect(bucket).toBeLessThan(65_536);
        expect((endOfBucket(bucket) ?? expiresAt).getTime()).toBeGreaterThanOrEqual(expiresAt.getTime());
        expect(possibleBuckets(expiresAt)).toContain(bucket);
      }),
    );
  });
});

describe('endOfBucket', () => {
  it('is the end of the day or of the month, across the end of a year', () => {
    expect(endOfBucket(dayOf('2026-12-31'))).toEqual(at('2027-01-01T00:00:00.000Z'));
    const december = bucketOf(at('2026-12-15T00:00:00Z'), now);
    expect(endOfBucket(december)).toEqual(at('2027-01-01T00:00:00.000Z'));
  });

  it('is unknown for the far bucket', () => {
    expect(endOfBucket(FAR_BUCKET)).toBeUndefined();
  });
});

describe('bucketsAhead', () => {
  it('names today and the days that follow', () => {
    const today = dayOf('2026-02-28');
    expect(bucketsAhead(now, 2)).toEqual([today, today + 1, today + 2]);
  });
});
