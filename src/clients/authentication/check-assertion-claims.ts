/** Checks the claims of a client assertion (RFC 7523 §3). */
import { judgeTimes } from '../../jwt/judge-times.js';
import { hasTooManyClaims, MAX_CLAIMS } from '../../protocol/json.js';
import { dateOfNumericDate } from '../../protocol/numeric-date.js';
import { invalidClient } from '../../protocol/oauth-error.js';

interface AssertionContext {
  clientId: string;
  /** The values of `aud` that mean this server. */
  audiences: readonly string[];
  now: Date;
}

/** The data that makes an assertion single use. */
export interface SingleUse {
  jti: string;
  expiresAt: Date;
}

/**
 * Returns the `jti`, which is remembered until the assertion expires, so that it is used once.
 * @throws OAuthError invalid_client
 */
export function checkAssertionClaims(
  claims: Record<string, unknown>,
  { clientId, audiences, now }: AssertionContext,
): SingleUse {
  if (hasTooManyClaims(claims)) throw invalidClient(`The client_assertion may hold ${MAX_CLAIMS} claims.`);
  if (claims.iss !== clientId || claims.sub !== clientId) {
    throw invalidClient("Claims 'iss' and 'sub' of the client_assertion must both be the client id.");
  }
  if (!listOf(claims.aud).some((audience) => audiences.includes(audience))) {
    throw invalidClient("Claim 'aud' of the client_assertion must contain the URL of the token endpoint.");
  }
  const { exp } = judgeTimes(claims, { now, what: 'client_assertion', error: invalidClient, required: ['exp'] });
  if (typeof claims.jti !== 'string' || claims.jti === '') {
    throw invalidClient("Claim 'jti' of the client_assertion is missing: each assertion needs one of its own.");
  }
  return { jti: claims.jti, expiresAt: dateOfNumericDate(exp) };
}

function listOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string');
}
