import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ThrottledReport } from './throttled-report.js';

describe('a throttled report', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('reports the first at once, and then the latest one with their number', () => {
    const told: [string, number][] = [];
    const report = new ThrottledReport<string>(1_000, (what, count) => told.push([what, count]));
    for (const what of ['a', 'b', 'c']) report.record(what);
    expect(told).toEqual([['a', 1]]);
    vi.advanceTimersByTime(1_000);
    expect(told).toEqual([
      ['a', 1],
      ['c', 2],
    ]);
    vi.advanceTimersByTime(5_000);
    expect(told).toHaveLength(2);
    report.record('d');
    expect(told.at(-1)).toEqual(['d', 1]);
  });
});
