import type { JsonObject } from '../../protocol/json.js';

/** The claims of the scopes profile, email, address and phone (OpenID Connect Core §5.4). */
const SCOPE_CLAIMS = new Set([
  ...['name', 'family_name', 'given_name', 'middle_name', 'nickname', 'preferred_username', 'profile', 'picture'],
  ...['website', 'gender', 'birthdate', 'zoneinfo', 'locale', 'updated_at', 'email', 'email_verified', 'address'],
  ...['phone_number', 'phone_number_verified'],
]);

/** The claims of an ID token if userinfo has the scope claims, in every language (§5.2: `name#fr`). */
export function withoutScopeClaims(claims: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(claims).filter(([name]) => !SCOPE_CLAIMS.has(name.split('#', 1)[0] ?? name)),
  );
}
