import type { Configuration } from '../../config/configuration.js';
import type { JsonObject } from '../../protocol/json.js';
import type { GrantSession, SessionClaims } from './grant-session.js';

/** Claims by which the server itself tells what a token may do and who may use it, and the features that make them so. */
const OWN_CLAIMS: Readonly<Record<string, (configuration: Configuration) => boolean>> = {
  // RFC 9396 §9
  authorization_details: ({ oauth2 }) => oauth2.authorization_details.types.length > 0,
  // RFC 8693 §4.1, §4.4: `may_act` is a claim of its own, see actorClaims
  act: ({ oauth2 }) => oauth2.token_exchange.enabled,
  may_act: ({ oauth2 }) => oauth2.token_exchange.enabled,
  // RFC 7800 §3.1, RFC 8705 §3.1, RFC 9449 §6.1
  cnf: ({ oauth2 }) => oauth2.dpop.enabled || oauth2.mtls.enabled,
};

/**
 * The claims of the consent app or a hook for an access token. Those that the server makes itself are dropped, so that a
 * resource server never takes them for what was granted, or for the key of the token.
 */
export function claimsOfSession(
  { accessTokenClaims }: Pick<SessionClaims, 'accessTokenClaims'>,
  configuration: Configuration,
): JsonObject {
  const isOwn = (name: string): boolean =>
    Object.hasOwn(OWN_CLAIMS, name) && OWN_CLAIMS[name]?.(configuration) === true;
  if (!Object.keys(accessTokenClaims).some(isOwn)) return accessTokenClaims;
  return Object.fromEntries(Object.entries(accessTokenClaims).filter(([name]) => !isOwn(name)));
}

/**
 * RFC 8693 §4.1, §4.4: who acts for the subject, and who may. Only an exchange makes `act`; the consent app or a hook says who
 * may, and it is told where this server heeds it.
 */
export function actorClaims(session: GrantSession, { oauth2 }: Configuration): JsonObject {
  const { act, accessTokenClaims } = session;
  const mayAct = oauth2.token_exchange.enabled ? accessTokenClaims.may_act : undefined;
  return { ...(act && { act }), ...(mayAct !== undefined && { may_act: mayAct }) };
}
