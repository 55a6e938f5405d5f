import { withoutTrailingSlashes } from '../../protocol/trailing-slashes.js';
import type { Configuration } from '../../config/configuration.js';

/**
 * The values by which an assertion may name this server in `aud`: the token endpoint under any of its addresses (RFC 7523
 * §3), or the issuer.
 */
export function assertionAudiences({ urls, webfinger }: Configuration): string[] {
  const { issuer, public: publicUrl } = urls.self;
  const bases = [publicUrl, issuer].map(withoutTrailingSlashes);
  const tokenUrls = [webfinger.oidc_discovery.token_url, ...bases.map((base) => `${base}/oauth2/token`)];
  return [...tokenUrls, issuer].filter((url) => url !== undefined);
}
