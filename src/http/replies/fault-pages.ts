/** Pages for errors that may not be sent to the client: the configured error page, or a built-in page. */
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import { shownParameters, toOAuthError } from './error-reply.js';
import type { Exchange } from '../exchange/exchange.js';
import type { Reply } from './reply.js';
import { escapeHtml, page } from './page.js';
import { languageFor, uiLocales } from './page-language.js';
import { PAGE_TEXTS } from './page-texts.js';
import { htmlReply, jsonReply, noStore, redirectReply } from './replies.js';
import type { OAuthError } from '../../protocol/oauth-error.js';

/** Errors with these statuses are shown with their own status: the request is too large, or a retry may succeed. */
const OWN_STATUS: readonly number[] = [413, 414, 429, 503];

@Injectable()
export class FaultPages {
  constructor(private readonly config: ConfigHolder) {}

  /** The reply of a browser's endpoint, or the page for its error. Never throws. */
  async orPage(exchange: Exchange, answer: () => Promise<Reply>): Promise<Reply> {
    try {
      return await answer();
    } catch (error) {
      return this.show(toOAuthError(error, exchange), exchange);
    }
  }

  /** For an error before the redirect URI has been validated (RFC 6749 §4.1.2.1). */
  show(error: OAuthError, exchange: Exchange): Reply {
    return OWN_STATUS.includes(error.status) ? direct(error, exchange) : this.redirect(error, exchange);
  }

  /** Redirects to `urls.error` and keeps its own parameters, so that a page of the operator can explain the error. */
  private redirect(error: OAuthError, exchange: Exchange): Reply {
    const { urls } = this.config.current;
    const url = new URL(urls.error, urls.self.public);
    for (const [name, value] of Object.entries(shownParameters(error, exchange))) url.searchParams.set(name, value);
    const locales = uiLocales(exchange);
    if (locales !== undefined) url.searchParams.set('ui_locales', locales);
    return noStore(redirectReply(302, url.href));
  }
}

/** Shows the error with its own status: a page to a browser, JSON to other callers. */
export function direct(error: OAuthError, exchange: Exchange): Reply {
  const shown = shownParameters(error, exchange);
  const extra = Object.fromEntries(Object.entries(error.headers).map(([name, value]) => [name.toLowerCase(), value]));
  if (!exchange.headers.accept?.includes('text/html')) return noStore(jsonReply(error.status, shown, extra));
  const lang = languageFor(exchange);
  const body = `<p>${escapeHtml(shown.error_description)}</p>\n<p class="hint"><code>${escapeHtml(shown.error)}</code></p>`;
  return noStore(htmlReply(error.status, page({ title: PAGE_TEXTS[lang].fault.title, body, lang }), extra));
}
