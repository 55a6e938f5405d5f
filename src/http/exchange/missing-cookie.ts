import type { Configuration } from '../../config/configuration.js';
import type { CookieName } from './cookies.js';
import type { Exchange } from './exchange.js';

/** Missing cookies are the most frequent problem of a new installation: the hint names likely causes and remedies. */
export function explainMissingCookie(
  name: CookieName,
  exchange: Exchange,
  { dev, urls, serve }: Pick<Configuration, 'dev' | 'urls' | 'serve'>,
): string {
  const issuer = new URL(urls.self.public);
  const what = `The browser did not send the cookie '${serve.cookies.names[name]}' that it got at the start.`;
  const host = exchange.headers.host?.replace(/:\d+$/, '');
  if (host !== undefined && host !== issuer.hostname) {
    return `${what} This request came to another host name than '${issuer.hostname}', which urls.self.issuer names: use that one everywhere, and let a proxy keep the Host header.`;
  }
  if (!dev && issuer.protocol === 'http:') {
    return `${what} Without 'dev: true' cookies are sent over https only: serve the issuer over https, or run with --dev.`;
  }
  return `${what} It may block cookies, be another browser than the one that began, or come from another site: see serve.cookies.same_site_mode and serve.cookies.domain.`;
}
