import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AllowedScopes } from './scope.js';

/** The rule for one pattern and one word, as documented. */
function matches(pattern: string, wanted: string): boolean {
  if (pattern === wanted) return wanted !== '';
  const [have, want] = [pattern.split('.'), wanted.split('.')];
  if (have.length > want.length || (have.length < want.length && have.at(-1) !== '*')) return false;
  return want.every((segment, i) => ((have[i] ?? '*') === '*' ? segment !== '' : have[i] === segment));
}

describe('many wildcard patterns at once', () => {
  it('admit the words that one of them admits', () => {
    const word = fc.string({ unit: fc.constantFrom('.', '.', '*', 'a', 'b'), maxLength: 7 });
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), word, (patterns, wanted) => {
        const admitted = patterns.some((pattern) => matches(pattern, wanted));
        expect(new AllowedScopes(patterns).admits('wildcard', wanted)).toBe(admitted);
      }),
      { numRuns: 5_000 },
    );
  });
});
