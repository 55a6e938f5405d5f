/** Chooses the language of a built-in page: by the request (`ui_locales`), then by the browser's Accept-Language. */
import Negotiator from 'negotiator';
import type { Exchange } from '../exchange/exchange.js';

/** BCP 47 tags. The first is the default. With a further one the compiler asks for its texts in each room that has pages. */
export const LANGUAGES = ['en', 'de', 'fr', 'es'] as const;
export type Language = (typeof LANGUAGES)[number];

const MAX_LANGUAGE_TAGS = 20;

export function languageFor(exchange: Exchange): Language {
  const tag = negotiated(inOrder(uiLocales(exchange))) ?? negotiated(exchange.headers['accept-language']);
  return LANGUAGES.find((language) => language === tag) ?? LANGUAGES[0];
}

/** OpenID Connect Core §3.1.2.1: language tags, separated by spaces, the best first; undefined where there are none. */
export function uiLocales({ rawQuery }: Exchange): string | undefined {
  const tags = (new URLSearchParams(rawQuery).get('ui_locales') ?? '').split(' ');
  const known = tags.filter((tag) => /^[A-Za-z0-9-]{2,35}$/.test(tag)).slice(0, MAX_LANGUAGE_TAGS);
  return known.length === 0 ? undefined : known.join(' ');
}

/** Each tag gets a slightly lower quality than the one before: at equal quality an exact match would always win. */
function inOrder(locales: string | undefined): string | undefined {
  return locales
    ?.split(' ')
    .map((tag, i) => `${tag};q=${(1 - i / 100).toFixed(2)}`)
    .join(', ');
}

/** RFC 9110 §12.5.4 */
function negotiated(acceptLanguage: string | undefined): string | undefined {
  if (acceptLanguage === undefined) return undefined;
  return new Negotiator({ headers: { 'accept-language': acceptLanguage } }).language([...LANGUAGES]);
}
