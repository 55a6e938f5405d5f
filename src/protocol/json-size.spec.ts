import { describe, expect, it } from 'vitest';
import { parseJson } from './json.js';
import { sizeOf } from './json-size.js';

describe('the size of a JSON value', () => {
  it.each([
    ['a text', JSON.stringify('x'.repeat(1000)), 2_000],
    ['many lists', `[${'[],'.repeat(999)}[]]`, 50_000],
    ['many objects', `[${'{},'.repeat(999)}{}]`, 60_000],
    ['many numbers', `[${'1,'.repeat(999)}1]`, 8_000],
    ['many names', `{${Array.from({ length: 1000 }, (_, i) => `"${i}x":1`).join()}}`, 80_000],
    ['deep lists', '['.repeat(5_000) + ']'.repeat(5_000), 250_000],
    ['a long whole number', '9'.repeat(1000), 400],
  ])('of %s counts the memory of its parts, not only the length of its text', (_, text, least) => {
    expect(sizeOf(parseJson(text))).toBeGreaterThanOrEqual(least);
  });

  it('of a small value is small', () => {
    expect(sizeOf({ a: 'b', c: [null, true] })).toBeLessThan(400);
  });
});
