import { describe, expect, it } from 'vitest';
import { commaList } from './comma-list.js';

describe('a flag with several values', () => {
  it.each([
    ['a', ['a']],
    ['a,b', ['a', 'b']],
    ['a,,b', ['a', '', 'b']],
    ['a,', ['a', '']],
    ['code,code id_token', ['code', 'code id_token']],
    ['', []],
    ['"a,b",c', ['a,b', 'c']],
    ['"say ""hi"""', ['say "hi"']],
  ])('%s', (text, values) => {
    expect(commaList(text)).toEqual(values);
  });

  it('adds to the values that were given before', () => {
    expect(commaList('b,c', ['a'])).toEqual(['a', 'b', 'c']);
    expect(commaList('', ['a'])).toEqual(['a']);
  });

  it.each(['"a', 'a"b', '"a"b', 'a,"'])('refuses quotes that do not match: %s', (text) => {
    expect(() => commaList(text)).toThrow('quotes');
  });
});
