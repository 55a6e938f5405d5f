import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UrlGlob } from './url-glob.js';

function pattern(glob: string): RegExp {
  const parts = glob.replace(/\*\*|\*|\./g, (part) => ({ '**': '.*', '*': '[^./]*' })[part] ?? '\\.');
  return new RegExp(`^${parts}$`);
}

describe('a glob of URLs', () => {
  it('matches the same texts as the equivalent regular expression', () => {
    const text = (letters: string): fc.Arbitrary<string> =>
      fc.string({ unit: fc.constantFrom(...letters.split('')), maxLength: 7 });
    fc.assert(
      fc.property(text('ab./**'), text('ab./'), (glob, url) => {
        expect(new UrlGlob(glob).matches(url)).toBe(pattern(glob).test(url));
      }),
      { numRuns: 5_000 },
    );
  });
});
