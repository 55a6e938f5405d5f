const WINDOW_MS = 1_000;
const SAMPLE_EVERY_MS = 100;
/** A count over a shorter time may be a single batch. */
const SHORTEST_MS = 200;

interface Sample {
  at: number;
  count: number;
}

/**
 * The highest rate at which a counter grew in the last second. Times of low load or idleness say nothing about the capacity
 * and do not count.
 */
export class TurnRate {
  private samples: Sample[] = [];
  private rate = 0;

  constructor(private readonly count: () => number) {}

  /** @param now in milliseconds of `performance.now()` */
  perSecond(now: number): number {
    const latest = this.samples.at(-1);
    if (latest && now - latest.at < SAMPLE_EVERY_MS) return this.rate;
    const count = this.count();
    this.samples = this.samples.filter(({ at }) => now - at <= WINDOW_MS);
    const rates = this.samples
      .filter(({ at }) => now - at >= SHORTEST_MS)
      .map((sample) => ((count - sample.count) * 1_000) / (now - sample.at));
    if (rates.length > 0) this.rate = Math.max(...rates);
    this.samples.push({ at: now, count });
    return this.rate;
  }
}
