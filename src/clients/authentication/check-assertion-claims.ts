/** The claims of a client assertion (RFC 7523 §3). */
import { invalidClient } from '../../protocol/oauth-error.js';
import { dateOfSeconds } from '../../protocol/timestamp.js';

export interface AssertionContext {
  clientId: string;
  /** Values of `aud` that mean this server. */
  audiences: readonly string[];
  now: Date;
}

/** What makes an assertion single use. */
export interface SingleUse {
  jti: string;
  expiresAt: Date;
}

/** Clocks of clients may be ahead by this much. Past `exp` there is no grace: a used `jti` is kept that long only. */
const CLOCK_TOLERANCE_SECONDS = 10;

/**
 * What makes the assertion single use: its `jti`, remembered until it expires.
 * @throws OAuthError invalid_client
 */
export function checkAssertionClaims(
  claims: Record<string, unknown>,
  { clientId, audiences, now }: AssertionContext,
): SingleUse {
  if (claims.iss !== clientId || claims.sub !== clientId) {
    throw invalidClient("Claims 'iss' and 'sub' of the client_assertion must both be the client id.");
  }
  if (!listOf(claims.aud).some((audience) => audiences.includes(audience))) {
    throw invalidClient("Claim 'aud' of the client_assertion must contain the URL of the token endpoint.");
  }
  const exp = checkTimes(claims, now.getTime() / 1000);
  if (typeof claims.jti !== 'string' || claims.jti === '') {
    throw invalidClient("Claim 'jti' of the client_assertion is missing: each assertion needs one of its own.");
  }
  return { jti: claims.jti, expiresAt: dateOfSeconds(exp) };
}

/** `exp` is required; `nbf` and `iat` count where they are given. */
function checkTimes(claims: Record<string, unknown>, now: number): number {
  const exp = seconds(claims.exp);
  if (exp === undefined) throw invalidClient("Claim 'exp' of the client_assertion is missing or no number.");
  if (exp <= now) throw invalidClient('The client_assertion has expired: make a new one for each request.');
  for (const name of ['nbf', 'iat']) {
    if (claims[name] === undefined) continue;
    const time = seconds(claims[name]);
    if (time === undefined) throw invalidClient(`Claim '${name}' of the client_assertion is no number.`);
    if (time > now + CLOCK_TOLERANCE_SECONDS) {
      throw invalidClient(`Claim '${name}' of the client_assertion lies in the future: check the clock of the client.`);
    }
  }
  return exp;
}

/** RFC 7519 §2, NumericDate. */
function seconds(value: unknown): number | undefined {
  const number = typeof value === 'bigint' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function listOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string');
}
