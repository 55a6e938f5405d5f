import { describe, expect, it } from 'vitest';
import { nextAttempt } from './retry-schedule.js';

const NOW = new Date('2026-03-01T12:00:00.000Z');
const pause = (attempts: number, chance: number): number =>
  nextAttempt(NOW, attempts, chance).getTime() - NOW.getTime();

describe('the next attempt', () => {
  it('comes after a pause that doubles each time, up to a quarter of an hour', () => {
    expect([1, 2, 3, 10, 50, 5_000].map((attempts) => pause(attempts, 1))).toEqual([
      ...[2_000, 4_000, 8_000, 900_000, 900_000, 900_000],
    ]);
  });

  it('has a pause of which half is random', () => {
    expect([0, 0.5, 1].map((chance) => pause(3, chance))).toEqual([4_000, 6_000, 8_000]);
  });
});
