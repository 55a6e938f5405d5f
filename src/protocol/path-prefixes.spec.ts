import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PathPrefixes } from './path-prefixes.js';

/** The same rule, checked for one base after the other. */
const leads = (bases: string[], path: string): boolean =>
  bases.some((base) => path === base || path.startsWith(`${base}/`));

describe('base paths', () => {
  it.each([
    [['/a'], '/a', true],
    [['/a'], '/a/b', true],
    [['/a'], '/ab', false],
    [['/a', '/a/b', '/a!'], '/a/c', true],
    [['/a/b', '/b'], '/a', false],
    [[''], '/anything', true],
    [[''], 'anything', false],
    [[], '/a', false],
  ])('%j lead to %j: %s', (bases, path, expected) => {
    expect(new PathPrefixes(bases).lead(path)).toBe(expected);
  });

  it('are looked up with the same result as one after the other', () => {
    const path = fc.string({ unit: fc.constantFrom('/', 'a', 'b', '.', '!', '0'), maxLength: 6 });
    fc.assert(
      fc.property(fc.array(path, { maxLength: 12 }), path, (bases, wanted) => {
        expect(new PathPrefixes(bases).lead(wanted)).toBe(leads(bases, wanted));
      }),
      { numRuns: 2_000 },
    );
  });
});
