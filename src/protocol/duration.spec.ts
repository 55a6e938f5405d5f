import { describe, expect, it } from 'vitest';
import { formatDuration, parseDuration } from './duration.js';

describe('durations', () => {
  it.each([
    ['1h', 3600],
    ['1h30m', 5400],
    ['1h5m1s', 3901],
    ['720h', 2_592_000],
    ['300ms', 0.3],
    ['1.5h', 5400],
    ['.5s', 0.5],
    ['10us', 0.00001],
    ['10µs', 0.00001],
    ['1ns', 1e-9],
    ['0', 0],
    ['0s', 0],
    ['-30s', -30],
    ['+30s', 30],
    ['1s1s', 2],
  ])('reads %s as %d seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each(['', ' ', '1', '-1', 'h', '1d', '1 h', '1h ', '--1s', '1h-30m', '.s', '1e3s', '1H', 'soon', '9999999999h'])(
    'refuses %j',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );

  it.each([
    [3600, '1h0m0s'],
    [111_600, '31h0m0s'],
    [5400, '1h30m0s'],
    [90, '1m30s'],
    [30, '30s'],
    [1.5, '1.5s'],
    [3600.25, '1h0m0.25s'],
    [0.3, '300ms'],
    [0.0015, '1.5ms'],
    [0.00001, '10µs'],
    [1e-9, '1ns'],
    [0, '0s'],
    [-90, '-1m30s'],
  ])('writes %d seconds as %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  it('reads back what it wrote', () => {
    for (const seconds of [0.3, 1, 59.999, 61, 86_400, 15_552_000]) {
      expect(parseDuration(formatDuration(seconds))).toBe(seconds);
    }
  });
});
