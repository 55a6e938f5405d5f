/** The language of a built-in page: what the request wishes (`ui_locales`), then what the browser does. */
import Negotiator from 'negotiator';
import type { Exchange } from '../exchange.js';
import { de } from './de.js';
import { en } from './en.js';
import { es } from './es.js';
import { fr } from './fr.js';
import type { PageTexts } from './page-texts.js';

/** A further language is one file and its place here. The first one is for who reads none of them. */
const LANGUAGES: readonly PageTexts[] = [en, de, fr, es];
const TAGS = LANGUAGES.map(({ lang }) => lang);
const MAX_WISHES = 20;

export function textsFor(exchange: Exchange): PageTexts {
  const tag = negotiated(inOrder(uiLocales(exchange))) ?? negotiated(exchange.headers['accept-language']);
  return LANGUAGES.find(({ lang }) => lang === tag) ?? en;
}

/** OpenID Connect Core §3.1.2.1: language tags, separated by spaces, the best first; undefined where none is wished for. */
export function uiLocales({ rawQuery }: Exchange): string | undefined {
  const tags = (new URLSearchParams(rawQuery).get('ui_locales') ?? '').split(' ');
  const known = tags.filter((tag) => /^[A-Za-z0-9-]{2,35}$/.test(tag)).slice(0, MAX_WISHES);
  return known.length === 0 ? undefined : known.join(' ');
}

/** Each a little less liked than the one before: at equal quality an exact match would go before a better liked one. */
function inOrder(locales: string | undefined): string | undefined {
  return locales
    ?.split(' ')
    .map((tag, i) => `${tag};q=${(1 - i / 100).toFixed(2)}`)
    .join(', ');
}

/** RFC 9110 §12.5.4 */
function negotiated(wishes: string | undefined): string | undefined {
  if (wishes === undefined) return undefined;
  return new Negotiator({ headers: { 'accept-language': wishes } }).language([...TAGS]);
}
