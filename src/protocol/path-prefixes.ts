/**
 * Base paths and all paths below them: a binary search finds whether a base leads to a given path. In a sorted list without
 * bases below other bases, only the last base that is not greater than a text can be its beginning.
 */
export class PathPrefixes {
  private readonly sorted: readonly string[];

  /** @param bases without trailing slashes */
  constructor(bases: readonly string[]) {
    const sorted: string[] = [];
    for (const base of bases.map((one) => `${one}/`).sort()) {
      const before = sorted.at(-1);
      if (before === undefined || !base.startsWith(before)) sorted.push(base);
    }
    this.sorted = sorted;
  }

  /** Whether the path is one of the bases or lies below one. */
  lead(path: string): boolean {
    const wanted = `${path}/`;
    let [low, high] = [0, this.sorted.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.sorted[middle] ?? '') <= wanted) low = middle + 1;
      else high = middle;
    }
    const candidate = this.sorted[low - 1];
    return candidate !== undefined && wanted.startsWith(candidate);
  }
}
