import type { RegisteredClient } from '../../../clients/registered-client.js';
import type { Configuration } from '../../../config/configuration.js';
import { OPENID } from '../../../protocol/constants.js';
import { invalidRequest } from '../../../protocol/oauth-error.js';
import { isWellFormedRedirectUri, matchRedirectUri } from '../../../protocol/redirect-uri.js';
import type { AuthorizationParameters } from '../authorization-parameters.js';
import type { ResponseTarget } from '../proven-request.js';

/** Where a redirect URI need not be one of the registered ones, or must be in the request. */
interface RedirectRules {
  isAlsoAllowed?: (uri: string) => boolean;
  isRequired?: boolean;
}

/** RFC 6749 §3.1.2.3, OpenID Connect Core §3.1.2.1: the redirect URI is one that the client has registered. */
export function checkRedirectUri(
  client: RegisteredClient,
  { redirect_uri: requested, scope }: Pick<AuthorizationParameters, 'redirect_uri' | 'scope'>,
  { isAlsoAllowed = () => false, isRequired = false }: RedirectRules = {},
): string {
  if (requested === undefined) refuseMissing(scope, isRequired);
  const isOther = requested !== undefined && isAlsoAllowed(requested);
  const uri = matchRedirectUri(client.redirectUris, requested) ?? (isOther ? requested : undefined);
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

function refuseMissing(scope: readonly string[], isRequired: boolean): void {
  if (scope.includes(OPENID)) {
    throw invalidRequest("Parameter 'redirect_uri' is missing: it is required where scope 'openid' is asked for.");
  }
  if (isRequired) {
    throw invalidRequest("Parameter 'redirect_uri' is missing: the security profile of the client requires it.");
  }
}

/** RFC 9126 §2.4: a confidential client has proven who it is when it pushes, so it may name a redirect URI of its own. */
export function mayPushRedirectUri(client: RegisteredClient, uri: string, { oauth2 }: Configuration): boolean {
  const { enabled, allow_unregistered_redirect_uris: allowed } = oauth2.pushed_authorization_requests;
  return enabled && allowed && !client.isPublic && /^https:/i.test(uri) && isWellFormedRedirectUri(uri);
}

/** Whether the redirect URI of a validated request is still one that the client may use. */
export function mayUseRedirectUri(
  client: RegisteredClient,
  { redirectUri, pushed }: ResponseTarget,
  configuration: Configuration,
): boolean {
  if (matchRedirectUri(client.redirectUris, redirectUri) !== undefined) return true;
  return pushed !== undefined && mayPushRedirectUri(client, redirectUri, configuration);
}
