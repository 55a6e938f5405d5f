import type { Configuration } from '../../../config/configuration.js';
import { OPENID } from '../../../protocol/constants.js';
import { invalidRequest } from '../../../protocol/oauth-error.js';
import { parseRequestedClaims, type RequestedClaims } from '../../../protocol/requested-claims.js';
import type { Check, ProvenRequest } from '../proven-request.js';

/** OpenID Connect Core §5.5: it is a parameter of OpenID Connect, and userinfo is reached with an access token only. */
export const checkClaims: Check = (asked, configuration) => {
  const claims = requestedClaimsOf(asked, configuration);
  if (!claims) return;
  if (!asked.scope.includes(OPENID)) throw invalidRequest("Parameter 'claims' needs the scope openid.");
  if (claims.userinfo && !asked.responseTypes.some((type) => type === 'code' || type === 'token')) {
    throw invalidRequest("Parameter 'claims' must not ask for 'userinfo', because the response has no access token.");
  }
};

/** Undefined without the parameter, or if the server does not support it. @throws OAuthError invalid_request */
export function requestedClaimsOf(
  { parameters: { claims } }: Pick<ProvenRequest, 'parameters'>,
  { oidc }: Configuration,
): RequestedClaims | undefined {
  return claims === undefined || !oidc.claims_parameter.enabled ? undefined : parseRequestedClaims(claims);
}
