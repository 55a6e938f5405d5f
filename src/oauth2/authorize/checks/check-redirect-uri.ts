import type { RegisteredClient } from '../../../clients/registered-client.js';
import { OPENID } from '../../../protocol/constants.js';
import { invalidRequest } from '../../../protocol/oauth-error.js';
import { isWellFormedRedirectUri, matchRedirectUri } from '../../../protocol/redirect-uri.js';
import type { AuthorizationParameters } from '../authorization-parameters.js';

/** RFC 6749 §3.1.2.3, OpenID Connect Core §3.1.2.1: the redirect URI is one that the client has registered. */
export function checkRedirectUri(
  client: RegisteredClient,
  { redirect_uri: requested, scope }: Pick<AuthorizationParameters, 'redirect_uri' | 'scope'>,
): string {
  if (requested === undefined && scope.includes(OPENID)) {
    throw invalidRequest("Parameter 'redirect_uri' is missing: it is required where scope 'openid' is asked for.");
  }
  const uri = matchRedirectUri(client.redirectUris, requested);
  if (uri === undefined) {
    throw invalidRequest(
      requested === undefined
        ? "Parameter 'redirect_uri' is missing: the client has not exactly one redirect URI registered."
        : "Parameter 'redirect_uri' equals none of the redirect URIs of the client, character for character.",
    );
  }
  if (!isWellFormedRedirectUri(uri)) {
    throw invalidRequest("Parameter 'redirect_uri' must be an absolute address without fragment and white space.");
  }
  return uri;
}
