import { describe, expect, it } from 'vitest';
import { FormParams } from '../../http/exchange/form-params.js';
import { LANGUAGES } from '../../http/replies/page-language.js';
import { errorPage, FALLBACK_NAMES, fallbackPage } from './fallback-pages.js';
import { FALLBACK_TEXTS } from './languages/index.js';

describe('a built-in page', () => {
  it.each([
    ['login', 'urls.login', 'URLS_LOGIN'],
    ['consent', 'urls.consent', 'URLS_CONSENT'],
    ['logout', 'urls.logout', 'URLS_LOGOUT'],
    ['logout/callback', 'urls.post_logout_redirect', 'URLS_POST_LOGOUT_REDIRECT'],
    ['device', 'urls.device.verification', 'URLS_DEVICE_VERIFICATION'],
    ['device/done', 'urls.device.success', 'URLS_DEVICE_SUCCESS'],
  ] as const)('for %s names the key to set, %s or %s', (name, key, variable) => {
    expect(fallbackPage(name, 'en')).toContain(`<code>${key}</code>`);
    expect(fallbackPage(name, 'en')).toContain(`<code>${variable}</code>`);
  });

  it.each(FALLBACK_NAMES)('for %s has a language, a title equal to its heading, no form and no script', (name) => {
    const html = fallbackPage(name, 'en');
    expect(html).toContain('<html lang="en">');
    const [, title] = /<title>(.+)<\/title>/.exec(html) ?? [];
    expect(html).toContain(`<h1>${title ?? ''}</h1>`);
    expect(html).not.toMatch(/<script|<form|http-equiv|<img|\son\w+=/i);
  });
});

/** The names of all texts, with those in them. */
const shape = (value: unknown): unknown =>
  typeof value === 'object' && value !== null
    ? Object.fromEntries(Object.entries(value).map(([name, below]) => [name, shape(below)]))
    : typeof value;

describe('a translated page', () => {
  it.each(LANGUAGES)('has every text in %s', (language) => {
    const texts = FALLBACK_TEXTS[language];
    expect(shape(texts)).toEqual(shape(FALLBACK_TEXTS.en));
    expect(texts.operator).toMatch(/\{key\}.*\{variable\}/);
    expect(JSON.stringify(texts)).not.toContain('""');
  });

  it.each(FALLBACK_NAMES)('for %s declares its language, and names the same keys', (name) => {
    const [german, english] = [fallbackPage(name, 'de'), fallbackPage(name, 'en')];
    const keys = (html: string) => html.match(/<code>[^<]+<\/code>/g);
    expect(german).toContain('<html lang="de">');
    expect(keys(german)).toEqual(keys(english));
  });

  it('of an error keeps the protocol terms', () => {
    const html = errorPage(FormParams.parse('error=invalid_client&error_description=No+such+client.'), 'de');
    for (const text of ['invalid_client', 'No such client.', '<dt>Fehler</dt>']) expect(html).toContain(text);
  });
});

describe('the error page', () => {
  it('shows error, description and hint, and the key to set', () => {
    const html = errorPage(
      FormParams.parse('error=invalid_client&error_description=No+such+client.&error_hint=Look'),
      'en',
    );
    for (const text of ['invalid_client', 'No such client.', 'Look', 'urls.error']) expect(html).toContain(text);
  });

  it('says that nothing is known if the query names no error', () => {
    expect(errorPage(FormParams.parse(''), 'en')).toContain('unknown');
  });

  it.each(['error', 'error_description', 'error_hint'])('shows %s as text and escapes HTML', (name) => {
    const attack = `<script>alert(1)</script><img src=x onerror=alert(1)>"'><b>`;
    const html = errorPage(new FormParams(new URLSearchParams({ [name]: attack })), 'en');
    expect(html).not.toMatch(/<script|<img|<b>/);
    expect(html).toContain('&lt;script&gt;');
  });
});
