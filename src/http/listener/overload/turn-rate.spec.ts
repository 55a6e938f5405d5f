import { describe, expect, it } from 'vitest';
import { TurnRate } from './turn-rate.js';

/** A counter that is read every 100 ms of a fake clock. */
class Counted {
  private now = 5;
  private count = 0;
  private readonly rate = new TurnRate(() => this.count);

  /** The rate after this many milliseconds at this many per second. */
  after(ms: number, perSecond: number): number {
    let rate = 0;
    for (let spent = 0; spent < ms; spent += 100) {
      this.now += 100;
      this.count += perSecond / 10;
      rate = this.rate.perSecond(this.now);
    }
    return rate;
  }

  idle(ms: number): void {
    this.now += ms;
  }
}

describe('TurnRate', () => {
  it('is the count of a second', () => {
    expect(new Counted().after(2_000, 500)).toBeCloseTo(500);
  });

  it('is known within a quarter of a second, after idleness or after low load', () => {
    const idle = new Counted();
    idle.after(1_000, 10);
    idle.idle(600_000);
    expect(idle.after(400, 2_000)).toBeCloseTo(2_000);
    const little = new Counted();
    little.after(3_000, 10);
    expect(little.after(300, 2_000)).toBeGreaterThan(1_300);
  });

  it('falls within about a second where nothing is counted any more', () => {
    const stalled = new Counted();
    stalled.after(2_000, 2_000);
    expect(stalled.after(1_200, 0)).toBe(0);
  });
});
