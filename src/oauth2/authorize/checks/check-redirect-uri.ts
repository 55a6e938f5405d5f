import type { RegisteredClient } from '../../../clients/registered-client.js';
import type { FormParams } from '../../../http/form-params.js';
import { OPENID } from '../../../protocol/constants.js';
import { invalidRequest } from '../../../protocol/oauth-error.js';
import { isWellFormedRedirectUri, matchRedirectUri } from '../../../protocol/redirect-uri.js';
import { splitWords } from '../../../protocol/scope.js';

/** RFC 6749 §3.1.2.3, OpenID Connect Core §3.1.2.1: the address of the answer is one of the client's own. */
export function checkRedirectUri(client: RegisteredClient, parameters: FormParams): string {
  const requested = parameters.first('redirect_uri');
  if (requested === undefined && splitWords(parameters.first('scope')).includes(OPENID)) {
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
