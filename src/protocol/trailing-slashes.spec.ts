import { describe, expect, it } from 'vitest';
import { withoutTrailingSlashes } from './trailing-slashes.js';

describe('withoutTrailingSlashes', () => {
  it.each([
    ['', ''],
    ['/', ''],
    ['///', ''],
    ['a', 'a'],
    ['https://a/b//', 'https://a/b'],
    ['//a', '//a'],
  ])('%j: %j', (text, expected) => {
    expect(withoutTrailingSlashes(text)).toBe(expected);
  });
});
