/**
 * Binds a flow to the browser that began it, so that nobody can finish in another what he began in his own. One random id
 * serves all logins of a browser, and one all its device pages, which is why its tabs do not disturb each other; each flow
 * keeps the id's digest.
 *
 * Tabs that begin at the same instant, before the browser has an id, are given one each, and the last overwrites the
 * others. So a new id is written a second time, under a name of its own, for the flows that begin with it.
 */
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { equalText, sha256 } from '../../crypto/digest.js';
import { randomText } from '../../crypto/random.js';
import { type CookieName, Cookies } from '../../http/cookies.js';
import type { Exchange } from '../../http/exchange.js';
import { explainMissingCookie } from '../../http/missing-cookie.js';
import { requestForbidden } from '../../protocol/oauth-error.js';

export type BindingCookie = Extract<CookieName, 'login_csrf' | 'device_csrf'>;

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

  /** The digest for the flow, and the cookies for the browser: its own id for a while longer, or a new one. */
  bind(exchange: Exchange, cookie: BindingCookie): { browser: string; cookies: string[] } {
    const known = this.cookies.read(exchange, cookie);
    const id = known ?? randomText();
    const seconds = Math.floor(this.config.current.ttl.login_consent_request);
    const browser = digest(id);
    const cookies = this.cookies.write(cookie, id, seconds);
    if (known === undefined) cookies.push(...this.cookies.write(cookie, id, seconds, suffixOf(browser)));
    return { browser, cookies };
  }

  /** @throws OAuthError request_forbidden where another browser brings the verifier, or this one lost its cookie */
  check(exchange: Exchange, cookie: BindingCookie, browser: string): void {
    const own = this.cookies.read(exchange, cookie, suffixOf(browser));
    const ids = [this.cookies.read(exchange, cookie), own].filter((id) => id !== undefined);
    if (!ids.length) throw requestForbidden(explainMissingCookie(cookie, exchange, this.config.current));
    if (!ids.some((id) => equalText(digest(id), browser))) throw requestForbidden(ANOTHER_BROWSER[cookie]);
  }
}

const digest = (id: string): string => sha256(`browser ${id}`).toString('base64url');
/** Enough that the few ids that one browser is given at one instant differ; that it is the right one the value proves. */
const suffixOf = (browser: string): string => browser.slice(0, 8);
