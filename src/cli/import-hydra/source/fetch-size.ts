/**
 * How many rows are fetched at once, so that memory is bounded by what they hold: a row may be of megabytes, such as a client
 * with its metadata, or of a hundred bytes.
 */
const FIRST = 20;
const MOST = 200;
/** Characters after which fewer rows are fetched, and a portion ends. */
const ENOUGH = 1_000_000;

export class FetchSize {
  private atOnce = FIRST;
  private left = 0;

  /** @param rows how many the portion may have */
  begin(rows: number): void {
    this.left = rows;
  }

  /** 0 at the end of the portion. */
  get size(): number {
    return Math.min(this.atOnce, this.left);
  }

  add(rows: readonly object[]): void {
    const isEnd = rows.length < this.size;
    const isEnough = rows.reduce((sum, row) => sum + charactersOf(row), 0) > ENOUGH;
    this.left = isEnd || isEnough ? 0 : this.left - rows.length;
    this.atOnce = isEnough ? Math.max(1, Math.floor(rows.length / 4)) : Math.min(MOST, 2 * this.atOnce);
  }
}

const charactersOf = (row: object): number =>
  Object.values(row).reduce((sum: number, value: unknown) => sum + (typeof value === 'string' ? value.length : 0), 0);
