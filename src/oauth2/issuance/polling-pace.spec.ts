import { describe, expect, it } from 'vitest';
import { judgePoll, type PollingPace } from './polling-pace.js';

/** The responses to a device that polls at these times, in milliseconds. */
function told(interval: number, times: readonly number[]): string[] {
  let pace: PollingPace = { interval };
  return times.map((at) => {
    const judged = judgePoll(pace, 1_700_000_000_000 + at);
    pace = judged.pace;
    return judged.inTime ? 'pending' : 'slow_down';
  });
}

describe('a device that polls (RFC 8628 §3.5)', () => {
  it.each([
    ['at the interval', 5, [0, 5000, 10_000]],
    ['with a fast clock', 5, Array.from({ length: 120 }, (_, i) => i * 4990)],
    ['over a network that delays one request', 5, [400, 5000, 10_400, 15_000]],
    ['at an interval of a second', 1, [0, 900, 1800, 2700]],
    ['without an interval', 0, [0, 0, 1]],
  ])('%s never gets slow_down', (_, interval, times) => {
    expect(told(interval, times)).toEqual(times.map(() => 'pending'));
  });

  it('too early gets slow_down, and is served if it then waits five seconds longer', () => {
    expect(told(2, [0, 50, 6900, 13_800])).toEqual(['pending', 'slow_down', 'pending', 'pending']);
  });

  it('at the old interval gets slow_down again, and five seconds more', () => {
    expect(told(5, [0, 1000, 6000, 15_000])).toEqual(['pending', 'slow_down', 'slow_down', 'pending']);
  });

  it('is not refused because a clock was set back', () => {
    expect(told(5, [3_600_000, 0, 5000])).toEqual(['pending', 'pending', 'pending']);
  });
});
