/**
 * The well-known documents of an issuer with a path have several addresses: the path stands before `/.well-known` (OpenID
 * Connect Discovery §4) or behind the name of the document (RFC 8414 §3.1, §5), and a proxy keeps or removes it. All of them
 * lead to the address without the path; the path of another issuer does not.
 */
import type { Configuration } from '../../../config/configuration.js';

const ROOT = '/.well-known/';
/** Documents with the path of the issuer behind their name. */
const METADATA = [`${ROOT}openid-configuration`, `${ROOT}oauth-authorization-server`];

export function wellKnownPath(path: string, configuration: Configuration): string {
  if (!path.includes(ROOT) || METADATA.includes(path)) return path;
  const own = issuerPath(configuration.urls.self.issuer);
  if (own === '') return path;
  if (path.startsWith(`${own}${ROOT}`)) return path.slice(own.length);
  return METADATA.find((document) => path === `${document}${own}`) ?? path;
}

function issuerPath(issuer: string): string {
  const path = URL.canParse(issuer) ? new URL(issuer).pathname : '';
  return path.endsWith('/') ? path.slice(0, -1) : path;
}
