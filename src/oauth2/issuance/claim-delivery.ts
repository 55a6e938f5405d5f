/**
 * Where the claims of `session.id_token` of a consent are delivered (OpenID Connect Core §5.5): those that the client asked
 * for in one place only are in that place only, all others in the ID token and in userinfo.
 */
import type { JsonObject } from '../../protocol/json.js';
import type { RequestedClaims } from '../../protocol/requested-claims.js';
import type { ClaimPlaces, GrantSession } from './grant-session.js';
import { withoutScopeClaims } from './scope-claims.js';

/** Undefined if the request asked for none. */
export function claimPlaces(requested: RequestedClaims | undefined): ClaimPlaces | undefined {
  const { id_token: idToken = {}, userinfo = {} } = requested ?? {};
  const places = { idToken: Object.keys(idToken), userinfo: Object.keys(userinfo) };
  return places.idToken.length + places.userinfo.length > 0 ? places : undefined;
}

/** @param isMinimal claims of scopes are left to userinfo (§5.4), unless the request asks for them here */
export function claimsOfIdToken({ idTokenClaims, claimPlaces: places }: GrantSession, isMinimal: boolean): JsonObject {
  const usual = isMinimal ? withoutScopeClaims(idTokenClaims) : idTokenClaims;
  if (!places) return usual;
  const { idToken: here, userinfo: elsewhere } = places;
  return filtered(
    idTokenClaims,
    (name) => here.includes(name) || (Object.hasOwn(usual, name) && !elsewhere.includes(name)),
  );
}

export function claimsOfUserinfo({ idTokenClaims, userinfoClaims, claimPlaces: places }: GrantSession): JsonObject {
  if (!places) return { ...idTokenClaims, ...userinfoClaims };
  const { idToken: elsewhere, userinfo: here } = places;
  const shared = filtered(idTokenClaims, (name) => here.includes(name) || !elsewhere.includes(name));
  return { ...shared, ...userinfoClaims };
}

function filtered(claims: JsonObject, isWanted: (name: string) => boolean): JsonObject {
  return Object.fromEntries(Object.entries(claims).filter(([name]) => isWanted(name)));
}
