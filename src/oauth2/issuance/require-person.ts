import { OPENID } from '../../protocol/constants.js';
import { insufficientScope } from '../../protocol/oauth-error.js';
import type { ActiveAccessToken } from './access-tokens.js';

/**
 * Requires a token from the login of a person, with scope openid, before claims about the person are returned (OpenID
 * Connect Core §5.3). Tokens from client credentials and assertions have no login behind them.
 * @throws OAuthError insufficient_scope, 403 (RFC 6750 §3.1)
 */
export function requirePerson({ session, scope }: ActiveAccessToken, rules: { require_openid: boolean }): void {
  if (rules.require_openid && !scope.includes(OPENID)) {
    throw insufficientScope(`The access token must have been granted scope '${OPENID}'.`);
  }
  if (!session.subjectIdentifier) throw insufficientScope('The access token must come of the login of a person.');
}
