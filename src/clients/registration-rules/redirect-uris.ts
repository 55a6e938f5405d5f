import { invalidClientMetadata, invalidRedirectUri } from '../../protocol/oauth-error.js';
import { isWellFormedRedirectUri } from '../../protocol/redirect-uri.js';
import type { Registration } from './registration-rule.js';

/** RFC 6749 §3.1.2. Whether a URI may be plain http is decided when it is used. */
export function checkRedirectUris({ metadata }: Registration): void {
  for (const uri of metadata.redirect_uris) {
    if (isWellFormedRedirectUri(uri)) continue;
    throw invalidRedirectUri(
      "'redirect_uris' must hold absolute URIs without fragment, white space and schemes that a browser would run.",
    );
  }
}

/**
 * OpenID Connect RP-Initiated Logout §3.1: a client may register any address, on any host or with a custom scheme. A logout
 * must name it exactly, and an ID token must prove the client.
 */
export function checkPostLogoutRedirectUris({ metadata }: Registration): void {
  if (metadata.post_logout_redirect_uris.every(isWellFormedRedirectUri)) return;
  throw invalidClientMetadata(
    "'post_logout_redirect_uris' must hold absolute URIs without fragment, white space and schemes that a browser would run.",
  );
}
