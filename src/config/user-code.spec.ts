import { describe, expect, it } from 'vitest';
import { canonicalUserCode, userCodeCharacters } from './user-code.js';

describe('a user code', () => {
  it.each([
    'WDJB-MJHT',
    'wdjbmjht',
    ' wdjb mjht ',
    'Wdjb - Mjht',
    'WDJB\u2013MJHT',
    'WDJB\u00a0MJHT',
    'w-d-j-b-m-j-h-t',
  ])('is accepted as people type it (RFC 8628 §6.1): %j', (typed) => {
    expect(canonicalUserCode(typed)).toBe('WDJBMJHT');
  });

  it('is empty if the typed text is too long', () => {
    expect(canonicalUserCode('A'.repeat(1_000_000))).toBe('');
  });
});

describe('the characters of user codes', () => {
  it.each([
    ['abcdABCD12', 'ABCD12'],
    ['ABCDEFGH', 'ABCDEFGH'],
    ['0123-4567 89', '0123456789'],
  ])('contain no two that are typed in the same way: %s', (configured, characters) => {
    expect(userCodeCharacters(configured)).toBe(characters);
  });
});
