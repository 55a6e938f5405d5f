/**
 * Binds a flow to the browser that began it, so that an attacker cannot finish their own flow in the browser of a victim.
 * A browser has one random id for all its logins and one for all its device pages, so that several tabs do not disturb each
 * other. Each flow contains the digest of the id.
 *
 * If several tabs begin at the same instant, before the browser has an id, each one gets an id, and the last cookie
 * overwrites the others. Therefore a new id is written to a second cookie too, with a name of its own.
 */
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { equalText, sha256 } from '../../crypto/digest.js';
import { randomText } from '../../crypto/random.js';
import { type CookieName, Cookies } from '../../http/exchange/cookies.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import { explainMissingCookie } from '../../http/exchange/missing-cookie.js';
import { requestForbidden } from '../../protocol/oauth-error.js';

/** `login_csrf` serves login and consent alike. */
type BindingCookie = Extract<CookieName, 'login_csrf' | 'device_csrf'>;

const ANOTHER_BROWSER: Record<BindingCookie, string> = {
  login_csrf:
    'The cookie of this browser belongs to another login: this one was begun in another browser or profile. Start again from the application.',
  device_csrf: 'The user code was entered in another browser or profile. Start again in this one.',
};

@Injectable()
export class BrowserBinding {
  constructor(
    private readonly cookies: Cookies,
    private readonly config: ConfigHolder,
  ) {}

  /** The digest for the flow, and the cookies for the browser, which prolong its id or set a new one. */
  bind(exchange: Exchange, cookie: BindingCookie): { browser: string; cookies: string[] } {
    const known = this.cookies.read(exchange, cookie);
    const id = known ?? randomText();
    const seconds = Math.floor(this.config.current.ttl.login_consent_request);
    const browser = digest(id);
    const cookies = this.cookies.write(cookie, id, seconds);
    if (known === undefined) cookies.push(...this.cookies.write(cookie, id, seconds, suffixOf(browser)));
    return { browser, cookies };
  }

  /** @throws OAuthError request_forbidden if another browser sends the verifier, or this browser has lost its cookie */
  check(exchange: Exchange, cookie: BindingCookie, browser: string): void {
    const own = this.cookies.read(exchange, cookie, suffixOf(browser));
    const ids = [this.cookies.read(exchange, cookie), own].filter((id) => id !== undefined);
    if (!ids.length) throw requestForbidden(explainMissingCookie(cookie, exchange, this.config.current));
    if (!ids.some((id) => equalText(digest(id), browser))) throw requestForbidden(ANOTHER_BROWSER[cookie]);
  }
}

const digest = (id: string): string => sha256(`browser ${id}`).toString('base64url');
/** Long enough to tell the few ids apart that one browser gets at one instant; the value of the cookie is the proof. */
const suffixOf = (browser: string): string => browser.slice(0, 8);
