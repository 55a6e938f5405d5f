import { withoutTrailingSlashes } from '../../protocol/trailing-slashes.js';
import type { Configuration } from '../../config/configuration.js';

/**
 * The names of this server in the `aud` of a request object: the issuer (RFC 9101 §4) or the authorization endpoint. The
 * token endpoint is not accepted, because it is the audience of client assertions.
 */
export function requestObjectAudiences({ urls, webfinger }: Configuration): string[] {
  const { issuer, public: publicUrl } = urls.self;
  const bases = [publicUrl, issuer].map(withoutTrailingSlashes);
  const endpoints = [webfinger.oidc_discovery.auth_url, ...bases.map((base) => `${base}/oauth2/auth`)];
  return [...bases, ...bases.map((base) => `${base}/`), issuer, ...endpoints].filter((url) => url !== undefined);
}
