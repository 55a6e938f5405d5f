import { IMPLICIT } from '../../protocol/constants.js';
import { invalidClientMetadata, invalidRedirectUri } from '../../protocol/oauth-error.js';
import { isLocalHost, isSecureRedirectUri } from '../../protocol/redirect-uri.js';
import type { Registration } from './registration-rule.js';

/**
 * What a stated application type allows as redirect URIs (OpenID Connect Registration §2). An app on the user's machine
 * has a scheme of its own, https, or http on that machine (RFC 8252 §7).
 */
export function checkApplicationType({ metadata }: Registration): void {
  const { application_type: type, redirect_uris: uris, grant_types: grantTypes } = metadata;
  if (type === undefined) return;
  if (type !== 'native' && type !== 'web') throw invalidClientMetadata("'application_type' must be native or web.");
  if (type === 'native' && !uris.every(isSecureRedirectUri)) {
    throw invalidRedirectUri(
      "A native application's 'redirect_uris' must have a scheme of its own, https, or http with 127.0.0.1, [::1] or localhost.",
    );
  }
  if (type === 'web' && grantTypes.includes(IMPLICIT) && !uris.every(isOnTheWeb)) {
    throw invalidRedirectUri(
      "The 'redirect_uris' of a web application with the implicit grant must be https, on another host than localhost.",
    );
  }
}

function isOnTheWeb(uri: string): boolean {
  const { protocol, hostname } = new URL(uri);
  return protocol === 'https:' && !isLocalHost(hostname);
}
