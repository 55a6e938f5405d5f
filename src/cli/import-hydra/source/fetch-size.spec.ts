import { describe, expect, it } from 'vitest';
import { FetchSize } from './fetch-size.js';

const rowsOf = (count: number, characters: number) =>
  Array.from({ length: count }, () => ({ text: 'x'.repeat(characters), nothing: null }));

/** How many rows each fetch of a portion has. */
function fetchesOf(size: FetchSize, { rows, characters }: { rows: number; characters: number }): number[] {
  const sizes: number[] = [];
  size.begin(rows);
  while (size.size > 0) {
    sizes.push(size.size);
    size.add(rowsOf(size.size, characters));
  }
  return sizes;
}

describe('how many rows are fetched at once', () => {
  it('grows while they are small, and fills the portion', () => {
    const size = new FetchSize();
    expect(fetchesOf(size, { rows: 500, characters: 10 })).toEqual([20, 40, 80, 160, 200]);
    expect(fetchesOf(size, { rows: 500, characters: 10 })).toEqual([200, 200, 100]);
  });

  it('shrinks to one where they are large, each of which ends its portion', () => {
    const size = new FetchSize();
    const portions = [1, 2, 3, 4].map(() => fetchesOf(size, { rows: 500, characters: 1_100_000 }));
    expect(portions).toEqual([[20], [5], [1], [1]]);
    expect(fetchesOf(size, { rows: 4, characters: 10 })).toEqual([1, 2, 1]);
  });

  it('is nothing once fewer came than were asked for', () => {
    const size = new FetchSize();
    size.begin(500);
    size.add(rowsOf(19, 10));
    expect(size.size).toBe(0);
  });
});
