import { describe, expect, it } from 'vitest';
import type { Exchange } from '../exchange/exchange.js';
import { languageFor } from './page-language.js';

const language = (accept?: string, locales?: string): string => {
  const rawQuery = locales === undefined ? 'error=x' : `error=x&ui_locales=${encodeURIComponent(locales)}`;
  return languageFor({ rawQuery, headers: { 'accept-language': accept } } as unknown as Exchange);
};

describe('the language of a page', () => {
  it.each([
    [undefined, 'en'],
    ['*', 'en'],
    ['de', 'de'],
    ['de-AT, en;q=0.5', 'de'],
    ['ja, fr-CA;q=0.8, en;q=0.5', 'fr'],
    ['en;q=0.4, es;q=0.9', 'es'],
    ['ja', 'en'],
    ['de;q=0, *;q=0.1', 'en'],
    ['!!garbage;;q=', 'en'],
  ])('for a browser that accepts %s is %s', (accept, expected) => {
    expect(language(accept)).toBe(expected);
  });

  it.each([
    ['fr', 'fr'],
    ['ja de-CH fr', 'de'],
    ['ja', 'es'],
    ['', 'es'],
    ['<script> "', 'es'],
  ])('for ui_locales=%s is %s, whatever the browser accepts', (locales, expected) => {
    expect(language('es', locales)).toBe(expected);
  });

  it('is not searched for in an endless list', () => {
    expect(language('es', 'ja '.repeat(20).concat('fr'))).toBe('es');
  });
});
