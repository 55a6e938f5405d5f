import { describe, expect, it } from 'vitest';
import { RegistrationPace, WINDOW_SECONDS } from './registration-pace.js';

const start = new Date('2030-01-01T00:00:00Z');
const after = (seconds: number): Date => new Date(start.getTime() + seconds * 1000);

describe('the pace of registrations', () => {
  it('lets an address register as often as the limit says, and then wait for the end of its window', () => {
    const pace = new RegistrationPace();
    expect([1, 2, 3].map(() => pace.take('a', 2, start))).toEqual([0, 0, WINDOW_SECONDS]);
    expect(pace.take('a', 2, after(WINDOW_SECONDS - 1))).toBe(1);
    expect(pace.take('a', 2, after(WINDOW_SECONDS))).toBe(0);
  });

  it('counts every address by itself', () => {
    const pace = new RegistrationPace();
    expect([pace.take('a', 1, start), pace.take('b', 1, start), pace.take('a', 1, start)]).toEqual([
      0,
      0,
      WINDOW_SECONDS,
    ]);
  });

  it('forgets the oldest of very many addresses, and those whose window is over', () => {
    const pace = new RegistrationPace();
    for (let i = 0; i <= 10_000; i++) pace.take(String(i), 1, start);
    expect([pace.take('10000', 1, start), pace.take('0', 1, start)]).toEqual([WINDOW_SECONDS, 0]);
    expect(pace.take('1', 1, after(WINDOW_SECONDS))).toBe(0);
  });
});
