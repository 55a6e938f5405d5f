/**
 * Binds a flow to the browser that began it, so that nobody can finish in another what he began in his own. One random id
 * serves all flows of a browser, which is why its tabs do not disturb each other; each flow keeps the id's digest.
 */
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { equalBytes, sha256 } from '../../crypto/digest.js';
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
    const id = this.cookies.read(exchange, 'login_csrf') ?? randomText();
    const seconds = this.config.current.ttl.login_consent_request;
    return { browser: digest(id).toString('base64url'), cookies: this.cookies.write('login_csrf', id, seconds) };
  }

  /** @throws OAuthError request_forbidden where another browser brings the verifier, or this one lost its cookie */
  check(exchange: Exchange, browser: string): void {
    const id = this.cookies.read(exchange, 'login_csrf');
    if (id === undefined) throw requestForbidden(this.explainMissingCookie(exchange));
    if (equalBytes(digest(id), Buffer.from(browser, 'base64url'))) return;
    throw requestForbidden(
      'The cookie of this browser belongs to another login: it was begun in another browser or profile, or in another tab at the same moment. Start again from the application.',
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

const digest = (id: string): Buffer => sha256(`browser ${id}`);
