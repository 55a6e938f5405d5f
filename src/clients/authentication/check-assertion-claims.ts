/** Checks the claims of a client assertion (RFC 7523 §3). */
import { judgeTimes } from '../../jwt/judge-times.js';
import { hasTooManyClaims, MAX_CLAIMS } from '../../protocol/json.js';
import { dateOfNumericDate } from '../../protocol/numeric-date.js';
import { invalidClient } from '../../protocol/oauth-error.js';

interface AssertionContext {
  clientId: string;
  /** The values of `aud` that mean this server. */
  audiences: readonly string[];
  /** Whether `aud` must be one text (FAPI 2.0 Security Profile §5.3.2.1). */
  isOneAudience?: boolean;
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
  { clientId, audiences, isOneAudience = false, now }: AssertionContext,
): SingleUse {
  if (hasTooManyClaims(claims)) throw invalidClient(`The client_assertion may hold ${MAX_CLAIMS} claims.`);
  if (claims.iss !== clientId || claims.sub !== clientId) {
    throw invalidClient("Claims 'iss' and 'sub' of the client_assertion must both be the client id.");
  }
  judgeAudience(claims.aud, audiences, isOneAudience);
  const { exp } = judgeTimes(claims, { now, what: 'client_assertion', error: invalidClient, required: ['exp'] });
  if (typeof claims.jti !== 'string' || claims.jti === '') {
    throw invalidClient("Claim 'jti' of the client_assertion is missing: each assertion needs one of its own.");
  }
  return { jti: claims.jti, expiresAt: dateOfNumericDate(exp) };
}

function judgeAudience(aud: unknown, audiences: readonly string[], isOne: boolean): void {
  if (isOne && typeof aud !== 'string') {
    throw invalidClient("Claim 'aud' of the client_assertion must be one text, the issuer of this server.");
  }
  if (listOf(aud).some((audience) => audiences.includes(audience))) return;
  throw invalidClient(
    isOne
      ? "Claim 'aud' of the client_assertion must be the issuer of this server."
      : "Claim 'aud' of the client_assertion must contain the URL of the token endpoint.",
  );
}

function listOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string');
}
