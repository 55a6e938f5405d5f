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
import { explainMissingCookie } from '../../http/missing-cookie.js';
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
    if (!ids.length) throw requestForbidden(explainMissingCookie('login_csrf', exchange, this.config.current));
    if (ids.some((id) => equalText(digest(id), browser))) return;
    throw requestForbidden(
      'The cookie of this browser belongs to another login: this one was begun in another browser or profile. Start again from the application.',
    );
  }
}

const digest = (id: string): string => sha256(`browser ${id}`).toString('base64url');
/** Enough that the few ids that one browser is given at one instant differ; that it is the right one the value proves. */
const suffixOf = (browser: string): string => browser.slice(0, 8);
