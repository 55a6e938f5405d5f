/** A histogram as plain numbers: cheap to update, and can be summed with another one of the same bounds. */
export class HistogramData {
  private readonly counts: number[];
  private total = 0;
  private summed = 0;

  /** @param bounds upper bounds of the buckets, ascending */
  constructor(private readonly bounds: readonly number[]) {
    this.counts = new Array<number>(bounds.length).fill(0);
  }

  observe(value: number): void {
    this.total++;
    this.summed += value;
    const bucket = this.bounds.findIndex((bound) => value <= bound);
    if (bucket >= 0) this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
  }

  add(other: HistogramData): void {
    this.total += other.total;
    this.summed += other.summed;
    other.counts.forEach((count, i) => {
      this.counts[i] = (this.counts[i] ?? 0) + count;
    });
  }

  /** A histogram with the same bounds and no values. */
  empty(): HistogramData {
    return new HistogramData(this.bounds);
  }

  get count(): number {
    return this.total;
  }

  get sum(): number {
    return this.summed;
  }

  /** The upper bound and the number of values up to it; the last bound is `+Inf`. */
  cumulated(): [bound: number | '+Inf', count: number][] {
    let running = 0;
    const finite = this.bounds.map((bound, i): [number, number] => [bound, (running += this.counts[i] ?? 0)]);
    return [...finite, ['+Inf', this.total]];
  }
}
