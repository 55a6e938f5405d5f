import { describe, expect, it } from 'vitest';
import { formatDuration } from '../../../protocol/duration.js';
import { lifespanSeconds } from './lifespans.js';

describe('a lifespan in nanoseconds', () => {
  it.each([
    ['3600000000000', 3600, '1h0m0s'],
    ['3153600000000000000', 3_153_600_000, '876000h0m0s'],
    ['1500000000', 1.5, '1.5s'],
    ['1', 1e-9, '1ns'],
    ['0', 0, '0s'],
    ['-1000000000', -1, '-1s'],
  ])('%s', (nanoseconds, seconds, shown) => {
    expect(lifespanSeconds(nanoseconds)).toBe(seconds);
    expect(formatDuration(seconds)).toBe(shown);
  });

  it.each([null, '', '1h', '1.5', '99999999999999999999'])('%j is none', (text) => {
    expect(lifespanSeconds(text)).toBeUndefined();
  });
});
