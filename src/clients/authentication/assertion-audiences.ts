import { withoutTrailingSlashes } from '../../protocol/trailing-slashes.js';
import type { Configuration } from '../../config/configuration.js';

/** Another endpoint than the token endpoint whose own address may be the audience there (RFC 9126 §2). */
const PUSHED_REQUESTS = '/oauth2/par';

/**
 * The values by which an assertion may name this server in `aud`: the token endpoint under any of its addresses (RFC 7523
 * §3), the issuer, or the endpoint for pushed requests if it is used there.
 * @param path of the request
 */
export function assertionAudiences({ urls, webfinger }: Configuration, path?: string): string[] {
  const { issuer, public: publicUrl, mtls } = urls.self;
  const bases = [publicUrl, issuer, ...(mtls === undefined ? [] : [mtls])].map(withoutTrailingSlashes);
  const tokenUrls = [webfinger.oidc_discovery.token_url, ...bases.map((base) => `${base}/oauth2/token`)];
  const own = path === PUSHED_REQUESTS ? bases.map((base) => base + path) : [];
  return [...tokenUrls, ...own, issuer].filter((url) => url !== undefined);
}
