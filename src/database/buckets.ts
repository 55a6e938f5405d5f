/**
 * Expiry buckets: the partitions of access tokens and use marks. The expiry of a row decides: its day up to 45 days ahead,
 * its month up to two years, and one far bucket beyond. A bucket number fits two bytes of a token; an expired bucket is dropped
 * as a whole.
 */
const DAY_MS = 86_400_000;
const DAYS_AHEAD = 45;
const MONTHS_AHEAD = 24;
/** Months are counted from 1970 above this number; day numbers stay below it until 2079. */
const MONTH_BASE = 40_000;

export const FAR_BUCKET = 0;

/** The bucket of a row that is created now and expires then. */
export function bucketOf(expiresAt: Date, now: Date): number {
  const day = Math.floor(expiresAt.getTime() / DAY_MS);
  if (day - Math.floor(now.getTime() / DAY_MS) <= DAYS_AHEAD) return day;
  const month = monthOf(expiresAt);
  return month - monthOf(now) <= MONTHS_AHEAD ? MONTH_BASE + month : FAR_BUCKET;
}

/** Every bucket that can hold a row with this expiry, whenever it was created: for tokens that do not name their bucket. */
export function possibleBuckets(expiresAt: Date): [number, number, number] {
  return [Math.floor(expiresAt.getTime() / DAY_MS), MONTH_BASE + monthOf(expiresAt), FAR_BUCKET];
}

/** The time when every row of the bucket has expired; undefined for the far bucket, whose rows are deleted one by one. */
export function endOfBucket(bucket: number): Date | undefined {
  if (bucket === FAR_BUCKET) return undefined;
  if (bucket < MONTH_BASE) return new Date((bucket + 1) * DAY_MS);
  const month = bucket - MONTH_BASE + 1;
  return new Date(Date.UTC(1970 + Math.floor(month / 12), month % 12, 1));
}

/** Whether any row of the bucket can have expired. */
export function hasBegun(bucket: number, now: Date): boolean {
  const begin = bucket === FAR_BUCKET || bucket === MONTH_BASE ? undefined : endOfBucket(bucket - 1);
  return !begin || begin <= now;
}

/** The buckets that rows created now may need, so that they can be created in advance. */
export function bucketsAhead(now: Date, days: number): number[] {
  const today = Math.floor(now.getTime() / DAY_MS);
  return Array.from({ length: days + 1 }, (_, i) => today + i);
}

function monthOf(date: Date): number {
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
}
