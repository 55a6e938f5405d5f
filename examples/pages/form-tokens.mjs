/**
 * Against forged form posts: a random cookie, and in each form its HMAC together with what the form is about (the
 * challenge). Another site can neither read the cookie nor make the HMAC; a token of one challenge is useless for another.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { cookie, text } from './request-values.mjs';
import { html } from './html.mjs';

const FIELD = 'form_token';

export class FormTokens {
  #key = randomBytes(32);

  constructor(cookieName) {
    this.cookieName = cookieName;
  }

  /** The hidden field for a form; sets the cookie where the browser has none. */
  field(request, response, about) {
    const browser = cookie(request, this.cookieName) ?? this.#newBrowser(response);
    return html`<input type="hidden" name="${FIELD}" value="${this.#tokenFor(browser, about)}" />`;
  }

  /** Whether the posted form is one that we gave to this browser, about this. */
  accepts(request, about) {
    const browser = cookie(request, this.cookieName);
    if (!browser) return false;
    const expected = Buffer.from(this.#tokenFor(browser, about));
    const given = Buffer.from(text(request.body, FIELD));
    return given.length === expected.length && timingSafeEqual(given, expected);
  }

  #newBrowser(response) {
    const browser = randomBytes(24).toString('base64url');
    // In production, behind https, add `secure: true`.
    response.cookie(this.cookieName, browser, { httpOnly: true, sameSite: 'lax', path: '/' });
    return browser;
  }

  #tokenFor(browser, about) {
    return createHmac('sha256', this.#key).update(`${browser}\n${about}`).digest('base64url');
  }
}
