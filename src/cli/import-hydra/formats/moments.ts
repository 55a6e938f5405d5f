/** Moments as microseconds since 1970, the precision of PostgreSQL: from its columns, which hold UTC, and from Go's JSON. */

const COLUMN = /^(\d{4})-(\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?$/;
const RFC_3339 = /^(\d{4})-(\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;
/** The zero time of Go stands for a time that was never set. */
const YEAR_OF_NO_TIME = '0001';
const MICROSECOND_DIGITS = 6;

/** The moment of a `timestamp without time zone` as text. Undefined for NULL, Go's zero time, and beyond the years 2 to 9999. */
export function columnMoment(text: string | null): bigint | undefined {
  const [, year, day, time, fraction] = COLUMN.exec(text ?? '') ?? [];
  if (year === undefined || year === YEAR_OF_NO_TIME) return undefined;
  return microseconds(`${year}-${day}T${time}Z`, fraction);
}

/** The moment of an RFC 3339 text, to the microsecond. Undefined for Go's zero time and for anything else. */
export function jsonMoment(value: unknown): bigint | undefined {
  if (typeof value !== 'string') return undefined;
  const [, year, day, time, fraction, zone] = RFC_3339.exec(value) ?? [];
  if (year === undefined || year === YEAR_OF_NO_TIME) return undefined;
  return microseconds(`${year}-${day}T${time}${zone}`, fraction);
}

/** Whole seconds since 1970. */
export function wholeSeconds(moment: bigint): number {
  return Math.floor(Number(moment / 1000n) / 1000);
}

export function momentOf(date: Date): bigint {
  return BigInt(date.getTime()) * 1000n;
}

export function dateOf(moment: bigint): Date {
  return new Date(Number(moment / 1000n));
}

function microseconds(wholeSecond: string, fraction = ''): bigint | undefined {
  const ms = Date.parse(wholeSecond);
  if (Number.isNaN(ms)) return undefined;
  return BigInt(ms) * 1000n + BigInt(fraction.slice(0, MICROSECOND_DIGITS).padEnd(MICROSECOND_DIGITS, '0'));
}
