import type { Configuration } from '../../../config/configuration.js';
import type { Exchange } from '../../../http/exchange/exchange.js';
import { tokenOfScheme } from '../../../http/exchange/bearer-token.js';
import { bearerChallenge, challengeText } from '../../../http/replies/bearer-challenge.js';
import { OAuthError } from '../../../protocol/oauth-error.js';

/** RFC 9449 §7.1, §9: at a protected resource these are 401, with a challenge. */
const OF_PROOFS: ReadonlySet<string> = new Set(['invalid_dpop_proof', 'use_dpop_nonce']);

/**
 * Adds to an error of a protected resource how to authenticate (RFC 9449 §7.1). The scheme of the request tells what is wrong;
 * without credentials both schemes are offered. While DPoP is off this is the challenge of bearer tokens.
 */
export function resourceChallenge(
  exchange: Exchange,
  { oauth2: { dpop } }: Configuration,
): (error: OAuthError) => OAuthError {
  if (!dpop.enabled) return bearerChallenge;
  const algs = `algs="${dpop.signing_algs.join(' ')}"`;
  if (tokenOfScheme(exchange, 'DPoP') === undefined) return (error) => alsoOffering(`DPoP ${algs}`, error);
  return (error) => {
    const { status: usual, code, description, hint, cause, headers } = error;
    const status = OF_PROOFS.has(code) ? 401 : usual;
    if (status !== 401 && status !== 403) return error;
    const challenge = `DPoP error="${code}", error_description="${challengeText(error)}", ${algs}`;
    return new OAuthError(code, {
      ...{ status, description, hint, cause },
      headers: { ...headers, 'WWW-Authenticate': challenge },
    });
  };
}

function alsoOffering(challenge: string, error: OAuthError): OAuthError {
  const shown = bearerChallenge(error);
  const { 'WWW-Authenticate': bearer } = shown.headers;
  return bearer === undefined ? shown : shown.withHeaders({ 'WWW-Authenticate': `${bearer}, ${challenge}` });
}
