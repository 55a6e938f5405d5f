/** What the browser is shown where nothing may go to the client: the configured error page, or a page of our own. */
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../config/config-holder.js';
import { shownParameters } from './error-reply.js';
import type { Exchange, Reply } from './exchange.js';
import { textsFor, uiLocales } from './languages/page-language.js';
import { escapeHtml, page } from './page.js';
import { htmlReply, jsonReply, noStore, redirectReply } from './replies.js';
import type { OAuthError } from '../protocol/oauth-error.js';

/** Their status is the message: the request is too large, or the same request will do in a moment. */
const OWN_STATUS: readonly number[] = [413, 414, 503];

@Injectable()
export class FaultPages {
  constructor(private readonly config: ConfigHolder) {}

  /** For a fault before the redirect URI is proven (RFC 6749 §4.1.2.1). */
  show(error: OAuthError, exchange: Exchange): Reply {
    return OWN_STATUS.includes(error.status) ? direct(error, exchange) : this.redirect(error, exchange);
  }

  /** `urls.error`, whose own parameters are kept, so that a page of the operator's can explain the error. */
  private redirect(error: OAuthError, exchange: Exchange): Reply {
    const { urls } = this.config.current;
    const url = new URL(urls.error, urls.self.public);
    for (const [name, value] of Object.entries(shownParameters(error, exchange))) url.searchParams.set(name, value);
    const locales = uiLocales(exchange);
    if (locales !== undefined) url.searchParams.set('ui_locales', locales);
    return noStore(redirectReply(302, url.href));
  }
}

/** With its own status: a page to a browser, JSON to everybody else. */
export function direct(error: OAuthError, exchange: Exchange): Reply {
  const shown = shownParameters(error, exchange);
  const extra = Object.fromEntries(Object.entries(error.headers).map(([name, value]) => [name.toLowerCase(), value]));
  if (!exchange.headers.accept?.includes('text/html')) return noStore(jsonReply(error.status, shown, extra));
  const { lang, fault } = textsFor(exchange);
  const body = `<p>${escapeHtml(shown.error_description)}</p>\n<p class="hint"><code>${escapeHtml(shown.error)}</code></p>`;
  return noStore(htmlReply(error.status, page({ title: fault.title, body, lang }), extra));
}
