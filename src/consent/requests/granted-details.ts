import { faultOfDetails } from '../../clients/client-permissions.js';
import type { Configuration } from '../../config/configuration.js';
import { type AuthorizationDetail, readAuthorizationDetails } from '../../protocol/authorization-details.js';
import type { AuthorizationRequest } from '../../protocol/authorization-request.js';
import type { JsonValue } from '../../protocol/json.js';
import { invalidRequest, type OAuthError } from '../../protocol/oauth-error.js';

/**
 * The authorization details that the consent app grants (RFC 9396 §7.1). They may differ from the requested ones, but not in
 * their types, and they satisfy the schemas. Undefined if there are none, or if no type is configured.
 * @throws OAuthError invalid_request
 */
export function grantedDetails(
  given: JsonValue | undefined,
  { authorizationDetails: requested = [] }: Pick<AuthorizationRequest, 'authorizationDetails'>,
  { oauth2 }: Configuration,
): AuthorizationDetail[] | undefined {
  const { types } = oauth2.authorization_details;
  if (types.length === 0 || given === undefined || given === null) return undefined;
  const granted = readAuthorizationDetails(given, refused);
  const asked = new Set(requested.map(({ type }) => type));
  const fault = faultOfDetails(
    granted,
    types.filter(({ type }) => asked.has(type)),
  );
  if (fault !== undefined) throw refused(`In it ${fault}`);
  return granted.length > 0 ? granted : undefined;
}

const refused = (hint: string): OAuthError => invalidRequest(`Member 'grant_authorization_details': ${hint}`);
