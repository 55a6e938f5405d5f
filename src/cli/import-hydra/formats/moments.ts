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
  return microseconds(`${year}-${day}`, { time, fraction });
}

/** The moment of an RFC 3339 text, to the microsecond. Undefined for Go's zero time and for anything else. */
export function jsonMoment(value: unknown): bigint | undefined {
  if (typeof value !== 'string') return undefined;
  const [, year, day, time, fraction, zone] = RFC_3339.exec(value) ?? [];
  if (year === undefined || year === YEAR_OF_NO_TIME) return undefined;
  return microseconds(`${year}-${day}`, { time, fraction, zone });
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

interface TimeOfDay {
  time?: string;
  /** Digits of a second. */
  fraction?: string;
  zone?: string;
}

function microseconds(day: string, { time = '', fraction = '', zone = 'Z' }: TimeOfDay): bigint | undefined {
  const ms = zone === 'Z' ? midnightOf(day) + millisecondsInto(time) : Date.parse(`${day}T${time}${zone}`);
  if (Number.isNaN(ms)) return undefined;
  const micros = Number(fraction.slice(0, MICROSECOND_DIGITS).padEnd(MICROSECOND_DIGITS, '0'));
  const sum = ms * 1000 + micros;
  return Number.isSafeInteger(sum) ? BigInt(sum) : BigInt(ms) * 1000n + BigInt(micros);
}

/** Rows of millions of moments are of some hundred days. */
const midnights = new Map<string, number>();
const MOST_DAYS = 1_000;

function midnightOf(day: string): number {
  let ms = midnights.get(day);
  if (ms === undefined) {
    if (midnights.size >= MOST_DAYS) midnights.clear();
    midnights.set(day, (ms = Date.parse(`${day}T00:00:00Z`)));
  }
  return ms;
}

/** NaN where the clock never shows that. @param time HH:MM:SS */
function millisecondsInto(time: string): number {
  const [hours, minutes, seconds] = [digitsAt(time, 0), digitsAt(time, 3), digitsAt(time, 6)];
  return hours < 24 && minutes < 60 && seconds < 60 ? ((hours * 60 + minutes) * 60 + seconds) * 1000 : NaN;
}

const ZERO = 48;
const digitsAt = (text: string, place: number): number =>
  (text.charCodeAt(place) - ZERO) * 10 + text.charCodeAt(place + 1) - ZERO;
