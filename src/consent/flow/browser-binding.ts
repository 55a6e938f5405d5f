/**
 * Binds a flow to the browser that began it, so that nobody can finish in another what he began in his own. One random id
 * serves all flows of a browser, which is why its tabs do not disturb each other; each flow keeps the id's digest.
 *
 * Tabs that begin at the same instant, before the browser has an id, are given one each, and the last overwrites the
 * others. So a new id is written a second time, under a name of its own, for the flows that begin with it.
 */
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { equalText, sha256 } from '../../crypto/digest.js';
import { randomText } from '../../crypto/random.js';
import { Cookies } from '../../http/cookies.js';
import type { Exchange } from '../../http/exchange.js';
import { requestForbidden } from '../../protocol/oauth-error.js';

@Injectable()
export class BrowserBinding {
  constructor(
    private readonly cookies: Cookies,
    private readonly config: ConfigHolder,
  ) {}

  /** The digest for the flow, and the cookies for the browser: its own id for a while longer, or a new one. */
  bind(exchange: Exchange): { browser: string; cookies: string[] } {
    const known = this.cookies.read(exchange, 'login_csrf');
    const id = known ?? randomText();
    const seconds = this.config.current.ttl.login_consent_request;
    const browser = digest(id);
    const cookies = this.cookies.write('login_csrf', id, seconds);
    if (known === undefined) cookies.push(...this.cookies.write('login_csrf', id, seconds, suffixOf(browser)));
    return { browser, cookies };
  }

  /** @throws OAuthError request_forbidden where another browser brings the verifier, or this one lost its cookie */
  check(exchange: Exchange, browser: string): void {
    const own = this.cookies.read(exchange, 'login_csrf', suffixOf(browser));
    const ids = [this.cookies.read(exchange, 'login_csrf'), own].filter((id) => id !== undefined);
    if (!ids.length) throw requestForbidden(this.explainMissingCookie(exchange));
    if (ids.some((id) => equalText(digest(id), browser))) return;
    throw requestForbidden(
      'The cookie of this browser belongs to another login: this one was begun in another browser or profile. Start again from the application.',
    );
  }

  /** The most frequent trouble of those who set up such a server: the likely causes and what to change. */
  private explainMissingCookie(exchange: Exchange): string {
    const { dev, urls, serve } = this.config.current;
    const name = serve.cookies.names.login_csrf;
    const issuer = new URL(urls.self.public);
    const what = `The browser did not send the cookie '${name}' that it got at the start of the login.`;
    const host = exchange.headers.host?.replace(/:\d+$/, '');
    if (host !== undefined && host !== issuer.hostname) {
      return `${what} This request came to another host name than '${issuer.hostname}', which urls.self.issuer names: use that one everywhere, and let a proxy keep the Host header.`;
    }
    if (!dev && issuer.protocol === 'http:') {
      return `${what} Without 'dev: true' cookies are sent over https only: serve the issuer over https, or run with --dev.`;
    }
    return `${what} It may block cookies, be another browser than the one that began, or come from another site: see serve.cookies.same_site_mode and serve.cookies.domain.`;
  }
}

const digest = (id: string): string => sha256(`browser ${id}`).toString('base64url');
/** Enough that the few ids that one browser is given at one instant differ; that it is the right one the value proves. */
const suffixOf = (browser: string): string => browser.slice(0, 8);
