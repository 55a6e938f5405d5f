import { describe, expect, it } from 'vitest';
import { columnMoment, dateOf, jsonMoment, momentOf, wholeSeconds } from './moments.js';

const AT = BigInt(Date.UTC(2026, 10, 24, 23, 4, 57)) * 1000n;

describe('a moment in a column', () => {
  it.each([
    ['2026-11-24 23:04:57', AT],
    ['2026-11-24 23:04:57.863766', AT + 863766n],
    ['2026-11-24 23:04:57.000001', AT + 1n],
    ['2026-11-24 23:04:57.5', AT + 500_000n],
    ['9999-12-31 23:59:59.999999', 253402300799999999n],
    ['1969-12-31 23:59:59.25', -750_000n],
    ['2026-11-24 00:00:00', BigInt(Date.UTC(2026, 10, 24)) * 1000n],
    ['2024-02-29 12:00:00', BigInt(Date.UTC(2024, 1, 29, 12)) * 1000n],
  ])('%s is UTC, to the microsecond', (text, moment) => {
    expect(columnMoment(text)).toBe(moment);
  });

  it.each([null, '', '0001-01-01 00:00:00', 'infinity', '-infinity', '0044-03-15 00:00:00 BC', '12026-01-01 00:00:00'])(
    '%j is none',
    (text) => {
      expect(columnMoment(text)).toBeUndefined();
    },
  );
});

describe("a moment in Go's JSON", () => {
  it.each([
    ['2026-11-24T23:04:57Z', AT],
    ['2026-11-24T23:04:57.1Z', AT + 100_000n],
    ['2026-11-24T23:04:57.12345Z', AT + 123_450n],
    ['2026-11-24T23:04:57.123456789Z', AT + 123_456n],
    ['2026-11-25T04:34:57.5+05:30', AT + 500_000n],
  ])('%s may have 0 to 9 digits of a second', (text, moment) => {
    expect(jsonMoment(text)).toBe(moment);
  });

  it.each([
    ...['2026-11-24T24:30:00Z', '2026-11-24T23:60:00Z', '2026-11-24T23:04:60Z', '2026-11-24T23:60:00+01:00'],
    ...['0001-01-01T00:00:00Z', '', 'tomorrow', '2026-11-24', '2026-13-24T00:00:00Z', '2026-11-24T23:04:57'],
    ...[null, undefined, 1_764_025_497, {}, `2026-11-24T23:04:57.${'1'.repeat(100_000)}Z`],
  ])('%j is none', (value) => {
    expect(jsonMoment(value)).toBeUndefined();
  });
});

it('knows more days than it remembers', () => {
  const days = Array.from({ length: 2_500 }, (_, day) => Date.UTC(2020, 0, 1 + day, 7, 8, 9));
  const read = (ms: number): bigint | undefined => jsonMoment(new Date(ms).toISOString());
  expect(days.map(read)).toEqual(days.map((ms) => BigInt(ms) * 1000n));
});

it('a moment in whole seconds is never later than it was', () => {
  const seconds = Date.UTC(2026, 10, 24, 23, 4, 57) / 1000;
  expect([AT, AT + 999_999n].map(wholeSeconds)).toEqual([seconds, seconds]);
});

it('a moment as a date, and back', () => {
  expect(momentOf(dateOf(AT))).toBe(AT);
});
