import { invalidClientMetadata, invalidRedirectUri } from '../../protocol/oauth-error.js';
import { isWellFormedRedirectUri } from '../../protocol/redirect-uri.js';
import type { Registration } from './registration-rule.js';

/** RFC 6749 §3.1.2. Which of them may be plain http is judged when one is used. */
export function checkRedirectUris({ metadata }: Registration): void {
  for (const uri of metadata.redirect_uris) {
    if (isWellFormedRedirectUri(uri)) continue;
    throw invalidRedirectUri(
      "'redirect_uris' must hold absolute URIs without fragment, white space and schemes that a browser would run.",
    );
  }
}

/** OpenID Connect RP-Initiated Logout §3.1, bound to where the client lives already: scheme, host and port. */
export function checkPostLogoutRedirectUris({ metadata }: Registration): void {
  const homes = metadata.redirect_uris.map(homeOf);
  for (const uri of metadata.post_logout_redirect_uris) {
    const home = isWellFormedRedirectUri(uri) ? homeOf(uri) : undefined;
    if (home !== undefined && homes.includes(home)) continue;
    throw invalidClientMetadata(
      "'post_logout_redirect_uris' must hold absolute URIs, each with the scheme, host and port of one of 'redirect_uris'.",
    );
  }
}

/** Scheme and authority as text: a port that is written and one that is left out are different ones. */
function homeOf(uri: string): string {
  const [, scheme = '', authority = ''] = /^([^:]+):(?:\/\/([^/?#]*))?/.exec(uri) ?? [];
  return `${scheme.toLowerCase()}://${authority.replace(/^.*@/, '').toLowerCase()}`;
}
