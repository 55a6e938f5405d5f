/** The built-in pages for addresses that the operator has not configured. Each names the configuration key to set. */
import type { FormParams } from '../../http/exchange/form-params.js';
import { escapeHtml, page } from '../../http/replies/page.js';
import type { Language } from '../../http/replies/page-language.js';
import { FALLBACK_TEXTS } from './languages/index.js';

/** The text of each page, and the configuration key of the page that should replace it. */
const FALLBACKS = {
  login: { of: 'login', key: 'urls.login' },
  consent: { of: 'consent', key: 'urls.consent' },
  logout: { of: 'logout', key: 'urls.logout' },
  'logout/callback': { of: 'loggedOut', key: 'urls.post_logout_redirect' },
  device: { of: 'device', key: 'urls.device.verification' },
  'device/done': { of: 'deviceDone', key: 'urls.device.success' },
} as const;

export type FallbackName = keyof typeof FALLBACKS;

export const FALLBACK_NAMES = Object.keys(FALLBACKS) as FallbackName[];

export function fallbackPage(name: FallbackName, lang: Language): string {
  const { of, key } = FALLBACKS[name];
  const { title, text } = FALLBACK_TEXTS[lang][of];
  return page({ title, body: `<p>${escapeHtml(text)}</p>\n${toOperator(key, lang)}`, lang });
}

/** Shows the error in the query (RFC 6749 §4.1.2.1), as text. */
export function errorPage(query: FormParams, lang: Language): string {
  const { error } = FALLBACK_TEXTS[lang];
  const rows: [string, string | undefined][] = [
    [error.name, query.first('error') ?? error.unknown],
    [error.description, query.first('error_description') ?? error.noDescription],
    [error.hint, query.first('error_hint')],
  ];
  const body = `<p>${escapeHtml(error.text)}</p>
<dl>
${rows.map(([term, text]) => row(term, text)).join('')}</dl>
<p>${escapeHtml(error.advice)}</p>
${toOperator('urls.error', lang)}`;
  return page({ title: error.title, body, lang });
}

function row(term: string, text: string | undefined): string {
  return text === undefined ? '' : `<dt>${escapeHtml(term)}</dt>\n<dd>${escapeHtml(text)}</dd>\n`;
}

function toOperator(key: string, lang: Language): string {
  const { operator } = FALLBACK_TEXTS[lang];
  const variable = key.toUpperCase().replaceAll('.', '_');
  const text = escapeHtml(operator).replace('{key}', `<code>${key}</code>`);
  return `<p class="hint">${text.replace('{variable}', `<code>${variable}</code>`)}</p>`;
}
