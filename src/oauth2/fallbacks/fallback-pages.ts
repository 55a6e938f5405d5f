/** The built-in pages that stand where the operator has configured none: each says which key to set. */
import type { FormParams } from '../../http/form-params.js';
import type { PageTexts } from '../../http/languages/page-texts.js';
import { escapeHtml, page } from '../../http/page.js';

/** Each page: its text, and the configuration key of the page that belongs in its place. */
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

export function fallbackPage(name: FallbackName, texts: PageTexts): string {
  const { of, key } = FALLBACKS[name];
  const { title, text } = texts[of];
  return page({ title, body: `<p>${escapeHtml(text)}</p>\n${toOperator(key, texts)}`, lang: texts.lang });
}

/** Shows the error that the query names (RFC 6749 §4.1.2.1), as text. */
export function errorPage(query: FormParams, texts: PageTexts): string {
  const { error, lang } = texts;
  const rows: [string, string | undefined][] = [
    [error.name, query.first('error') ?? error.unknown],
    [error.description, query.first('error_description') ?? error.noDescription],
    [error.hint, query.first('error_hint')],
  ];
  const body = `<p>${escapeHtml(error.text)}</p>
<dl>
${rows.map(([term, text]) => row(term, text)).join('')}</dl>
<p>${escapeHtml(error.advice)}</p>
${toOperator('urls.error', texts)}`;
  return page({ title: error.title, body, lang });
}

function row(term: string, text: string | undefined): string {
  return text === undefined ? '' : `<dt>${escapeHtml(term)}</dt>\n<dd>${escapeHtml(text)}</dd>\n`;
}

function toOperator(key: string, { operator }: PageTexts): string {
  const variable = key.toUpperCase().replaceAll('.', '_');
  const text = escapeHtml(operator).replace('{key}', `<code>${key}</code>`);
  return `<p class="hint">${text.replace('{variable}', `<code>${variable}</code>`)}</p>`;
}
