import { describe, expect, it } from 'vitest';
import { FormParams } from '../../http/form-params.js';
import { de } from '../../http/languages/de.js';
import { en } from '../../http/languages/en.js';
import { errorPage, FALLBACK_NAMES, fallbackPage } from './fallback-pages.js';

describe('a built-in page', () => {
  it.each([
    ['login', 'urls.login', 'URLS_LOGIN'],
    ['consent', 'urls.consent', 'URLS_CONSENT'],
    ['logout', 'urls.logout', 'URLS_LOGOUT'],
    ['logout/callback', 'urls.post_logout_redirect', 'URLS_POST_LOGOUT_REDIRECT'],
    ['device', 'urls.device.verification', 'URLS_DEVICE_VERIFICATION'],
    ['device/done', 'urls.device.success', 'URLS_DEVICE_SUCCESS'],
  ] as const)('for %s names the key to set, %s or %s', (name, key, variable) => {
    expect(fallbackPage(name, en)).toContain(`<code>${key}</code>`);
    expect(fallbackPage(name, en)).toContain(`<code>${variable}</code>`);
  });

  it.each(FALLBACK_NAMES)('for %s has a language, a title that is its heading, and nothing that acts', (name) => {
    const html = fallbackPage(name, en);
    expect(html).toContain('<html lang="en">');
    const [, title] = /<title>(.+)<\/title>/.exec(html) ?? [];
    expect(html).toContain(`<h1>${title ?? ''}</h1>`);
    expect(html).not.toMatch(/<script|<form|http-equiv|<img|\son\w+=/i);
  });
});

describe('a translated page', () => {
  it.each(FALLBACK_NAMES)('for %s says its language, and names the same keys', (name) => {
    const [german, english] = [fallbackPage(name, de), fallbackPage(name, en)];
    const keys = (html: string) => html.match(/<code>[^<]+<\/code>/g);
    expect(german).toContain('<html lang="de">');
    expect(keys(german)).toEqual(keys(english));
  });

  it('of an error keeps the words of the protocol', () => {
    const html = errorPage(FormParams.parse('error=invalid_client&error_description=No+such+client.'), de);
    for (const text of ['invalid_client', 'No such client.', '<dt>Fehler</dt>']) expect(html).toContain(text);
  });
});

describe('the error page', () => {
  it('shows error, description and hint, and the key to set', () => {
    const html = errorPage(
      FormParams.parse('error=invalid_client&error_description=No+such+client.&error_hint=Look'),
      en,
    );
    for (const text of ['invalid_client', 'No such client.', 'Look', 'urls.error']) expect(html).toContain(text);
  });

  it('says that nothing is known where the address says nothing', () => {
    expect(errorPage(FormParams.parse(''), en)).toContain('unknown');
  });

  it.each(['error', 'error_description', 'error_hint'])('shows %s as text, whatever is in it', (name) => {
    const attack = `<script>alert(1)</script><img src=x onerror=alert(1)>"'><b>`;
    const html = errorPage(new FormParams(new URLSearchParams({ [name]: attack })), en);
    expect(html).not.toMatch(/<script|<img|<b>/);
    expect(html).toContain('&lt;script&gt;');
  });
});
