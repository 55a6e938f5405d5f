import { describe, expect, it } from 'vitest';
import { parseMaxAge, parsePrompt, readInteractionParameters } from './authorization-request.js';

describe('prompt', () => {
  it.each([
    [undefined, []],
    ['', []],
    ['none', ['none']],
    ['login consent', ['login', 'consent']],
    ['select_account', ['select_account']],
    ['registration', ['registration']],
    ['login login', ['login']],
    ['none none', ['none']],
  ])('%j asks for %j', (text, words) => {
    expect(parsePrompt(text)).toEqual(words);
  });

  it.each(['foo', 'login foo', 'Login', 'none login', 'consent none'])('%j is refused with invalid_request', (text) => {
    expect(() => parsePrompt(text)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  });
});

describe('the number of words of a parameter', () => {
  it.each(['acr_values', 'ui_locales'])('in %s is limited', (name) => {
    const words = (n: number) => () =>
      readInteractionParameters((asked) =>
        asked === name ? Array.from({ length: n }, (_, i) => `w${i}`).join(' ') : undefined,
      );
    expect(words(100)).not.toThrow();
    expect(words(101)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  });
});

describe('max_age', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['0', 0],
    ['3600', 3600],
    ['+5', 5],
    ['-1', undefined],
    ['9'.repeat(400), Number.MAX_SAFE_INTEGER],
  ])('%j means %j seconds', (text, seconds) => {
    expect(parseMaxAge(text)).toBe(seconds);
  });

  it.each(['abc', '1.5', '1e3', '0x10', ' 1', '1 2'])('%j is refused with invalid_request', (text) => {
    expect(() => parseMaxAge(text)).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  });
});

describe('readInteractionParameters', () => {
  it('splits lists and ignores parameters that it does not read', () => {
    const sent: Record<string, string> = {
      prompt: 'login',
      max_age: '10',
      acr_values: 'gold silver',
      ui_locales: 'de-CH fr',
      display: 'popup',
      login_hint: 'bob@example.org',
      identity_schema: 'customer',
    };
    expect(readInteractionParameters((name) => sent[name])).toEqual({
      prompt: ['login'],
      maxAge: 10,
      acrValues: ['gold', 'silver'],
      uiLocales: ['de-CH', 'fr'],
      display: 'popup',
      loginHint: 'bob@example.org',
      identitySchema: 'customer',
    });
  });
});
