import { describe, expect, it } from 'vitest';
import { changeText, parseChange } from './change.js';

describe('the text of a change', () => {
  it.each(['a', 'ünï-cødé 🔑', '"\\', "'; drop table client; --", '\u0001\u001f', 'x'.repeat(255), '🔑'.repeat(255)])(
    'keeps the id %j',
    (id) => {
      expect(parseChange(changeText({ kind: 'client', id }))).toEqual({ kind: 'client', id });
      expect(parseChange(changeText({ kind: 'key_set', id }))).toEqual({ kind: 'key_set', id });
    },
  );

  it.each([
    '',
    'client',
    '{}',
    'null',
    '[]',
    '["client"]',
    '["client",""]',
    '["client",1]',
    '["client","a","b"]',
    '["secret","a"]',
    '["__proto__","a"]',
    `["client","${'x'.repeat(511)}"]`,
    `["client","a"]${' '.repeat(5_000)}`,
  ])('is refused if malformed: %s', (text) => {
    expect(parseChange(text)).toBeUndefined();
  });
});
