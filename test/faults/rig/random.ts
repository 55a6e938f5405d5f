/** Repeatable random numbers: the same seed makes the same choices (mulberry32). */
export class Random {
  private state: number;

  constructor(readonly seed: number) {
    this.state = seed >>> 0;
  }

  /** At least 0, below 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number from the range, both ends included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  /** @throws where there is nothing to choose from */
  pick<T>(list: readonly T[]): T {
    const index = Math.floor(this.next() * list.length);
    if (index >= list.length) throw new Error('There is nothing to choose from.');
    return list[index] as T;
  }

  /** Chooses by weight: `[weight, thing]`. */
  weighted<T>(list: readonly (readonly [number, T])[]): T {
    let left = this.next() * list.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, thing] of list) {
      left -= weight;
      if (left < 0) return thing;
    }
    return this.pick(list)[1];
  }

  shuffled<T>(list: readonly T[]): T[] {
    const keyed = list.map((thing) => [this.next(), thing] as const);
    return keyed.sort(([a], [b]) => a - b).map(([, thing]) => thing);
  }

  /** An independent generator, so that concurrent work does not change the choices of others. */
  fork(): Random {
    return new Random(Math.floor(this.next() * 4_294_967_296));
  }
}
