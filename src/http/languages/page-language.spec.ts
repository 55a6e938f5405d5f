import { describe, expect, it } from 'vitest';
import type { Exchange } from '../exchange.js';
import { de } from './de.js';
import { en } from './en.js';
import { es } from './es.js';
import { fr } from './fr.js';
import { textsFor } from './page-language.js';

const language = (accept?: string, locales?: string): string => {
  const rawQuery = locales === undefined ? 'error=x' : `error=x&ui_locales=${encodeURIComponent(locales)}`;
  return textsFor({ rawQuery, headers: { 'accept-language': accept } } as unknown as Exchange).lang;
};

/** The names of all texts, with those in them. */
const shape = (value: unknown): unknown =>
  typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, below]) => [name, shape(below)]))
    : typeof value;

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
  ])('for the wish %s is %s, whatever the browser accepts', (locales, expected) => {
    expect(language('es', locales)).toBe(expected);
  });

  it('is not looked for in an endless wish', () => {
    expect(language('es', 'ja '.repeat(20).concat('fr'))).toBe('es');
  });

  it.each([de, fr, es])('$lang has every text', (texts) => {
    expect(shape(texts)).toEqual(shape(en));
    expect(texts.operator).toMatch(/\{key\}.*\{variable\}/);
    expect(JSON.stringify(texts)).not.toContain('""');
  });
});
