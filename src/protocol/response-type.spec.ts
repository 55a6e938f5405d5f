import { describe, expect, it } from 'vitest';
import { parseResponseType } from './response-type.js';

describe('parseResponseType', () => {
  it.each([
    [undefined, []],
    ['', []],
    ['code', ['code']],
    ['token  id_token code', ['code', 'id_token', 'token']],
    ['code code', ['code']],
  ])('%j has the words %j', (text, words) => {
    expect(parseResponseType(text)).toEqual(words);
  });
});
