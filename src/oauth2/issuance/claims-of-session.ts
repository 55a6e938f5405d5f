import type { Configuration } from '../../config/configuration.js';
import type { JsonObject } from '../../protocol/json.js';
import type { SessionClaims } from './grant-session.js';

/**
 * The claims of the consent app or a hook for an access token. While types of authorization details are configured, a claim
 * of that name is dropped, so that a resource server never takes it for what was granted (RFC 9396 §9).
 */
export function claimsOfSession(
  { accessTokenClaims }: Pick<SessionClaims, 'accessTokenClaims'>,
  { oauth2 }: Configuration,
): JsonObject {
  const isThere = Object.hasOwn(accessTokenClaims, 'authorization_details');
  if (!isThere || oauth2.authorization_details.types.length === 0) return accessTokenClaims;
  return Object.fromEntries(Object.entries(accessTokenClaims).filter(([name]) => name !== 'authorization_details'));
}
