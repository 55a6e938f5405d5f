/**
 * Keeps web pages out of the admin API. The admin listener trusts its callers, and any page in a browser of the same network
 * can reach it: with a request that needs no preflight, or, after DNS rebinding of the page's own name to the listener, with
 * any request. Programs send none of the headers that are checked here.
 */
import { Injectable } from '@nestjs/common';
import { ConfigHolder } from '../../config/config-holder.js';
import type { Configuration } from '../../config/configuration.js';
import { forbidden } from '../../protocol/admin-error.js';
import { Cors } from './cors/cors.js';
import type { Exchange } from '../exchange/exchange.js';

/** Headers that only browsers send (Fetch Metadata). `sec-fetch-mode` is left out: the `fetch` of Node.js always sends it. */
const OF_BROWSERS = ['origin', 'sec-fetch-site', 'sec-fetch-dest', 'sec-fetch-user'] as const;
/** The request comes from a page of the same origin, or from the user: a typed address, a bookmark. */
const OWN_SITES: ReadonlySet<string> = new Set(['same-origin', 'none']);
const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];
const HOST = /^(\[[^\]]*\]|[^:]*)(?::\d*)?$/;

@Injectable()
export class WebPages {
  constructor(
    private readonly config: ConfigHolder,
    private readonly cors: Cors,
  ) {}

  /** @throws OAuthError 403 for a request to the admin listener that a web page may not send */
  refuse(exchange: Exchange): void {
    if (exchange.listener !== 'admin' || !isOfBrowser(exchange)) return;
    const { origin, host, 'sec-fetch-site': site } = exchange.headers;
    if (!isOwnHost(host, this.config.current)) throw unknownHost();
    if (origin === undefined ? !isOwnSite(site) : !this.mayCall(origin, exchange)) throw foreignPage();
  }

  private mayCall(origin: string, { headers }: Exchange): boolean {
    if (this.cors.allowsOrigin('admin', origin)) return true;
    return isOwnSite(headers['sec-fetch-site']) && isOwnOrigin(origin, headers.host, this.config.current);
  }
}

function isOfBrowser({ headers }: Exchange): boolean {
  return OF_BROWSERS.some((name) => headers[name] !== undefined);
}

/** Browsers send this header only to secure addresses and to loopback, and old browsers never do. */
function isOwnSite(site: string | string[] | undefined): boolean {
  return site === undefined || (typeof site === 'string' && OWN_SITES.has(site));
}

/** Whether a page calls its own origin. Its scheme is not known here, because a proxy may have terminated TLS. */
function isOwnOrigin(origin: string, host: string | undefined, { urls }: Configuration): boolean {
  const page = addressOf(origin);
  if (!page || page.origin === 'null') return false;
  return page.host === host?.toLowerCase() || page.origin === addressOf(urls.self.admin)?.origin;
}

/** Without `urls.self.admin` the host is the one that the listener is bound to. */
function isOwnHost(host: string | undefined, { serve, urls }: Configuration): boolean {
  const name = HOST.exec(host ?? '')?.[1]?.toLowerCase();
  if (!name) return false;
  const given = serve.admin.allowed_hosts.map((one) => one.toLowerCase());
  return [...LOOPBACK_NAMES, ...given, addressOf(urls.self.admin)?.hostname].includes(name);
}

function addressOf(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function unknownHost(): Error {
  return forbidden(
    "The name in 'Host' is none by which browsers may reach the admin API: set serve.admin.allowed_hosts, or urls.self.admin.",
  );
}

function foreignPage(): Error {
  return forbidden(
    'The admin API takes no request of a web page of another origin: call it from a server, or allow the origin in serve.admin.cors.',
  );
}
