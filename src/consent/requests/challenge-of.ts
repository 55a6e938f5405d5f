import type { Exchange } from '../../http/exchange/exchange.js';
import { invalidRequest } from '../../protocol/oauth-error.js';

/** The challenge in the query; `challenge` is an older name for all three. @throws OAuthError invalid_request without one */
export function challengeOf(
  exchange: Exchange,
  name: 'login_challenge' | 'consent_challenge' | 'logout_challenge',
): string {
  const query = exchange.query();
  const challenge = query.first(name) ?? query.first('challenge');
  if (challenge === undefined) throw invalidRequest(`Query parameter '${name}' is missing.`);
  return challenge;
}
