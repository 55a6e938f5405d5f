import { describe, expect, it } from 'vitest';
import { rowsOf } from './copy-rows.js';

describe('the text format of COPY', () => {
  it('has a row a line, with tabs between its values', () => {
    expect(rowsOf('a\tb\nc\t')).toEqual([
      ['a', 'b'],
      ['c', ''],
    ]);
  });

  it('tells NULL from an empty text and from the letters of NULL', () => {
    expect(rowsOf(String.raw`\N	\\N		N`)).toEqual([[null, '\\N', '', 'N']]);
  });

  it('escapes what would end a value or a row', () => {
    expect(rowsOf(String.raw`\b\f\n\r\t\v\\	\\n	a\\\tb`)).toEqual([['\b\f\n\r\t\v\\', '\\n', 'a\\\tb']]);
  });

  it.each([String.raw`\x41`, String.raw`a\1`, 'a\\'])('refuses %s, which PostgreSQL does not write', (text) => {
    expect(() => rowsOf(text)).toThrow('text format of COPY');
  });
});
