/** The claims of an assertion that stands for an authorization grant (RFC 7523 §3). */
import { isStorableText } from '../../../clients/storable.js';
import type { JsonObject } from '../../../protocol/json.js';
import { invalidGrant } from '../../../protocol/oauth-error.js';
import { dateOfSeconds } from '../../../protocol/timestamp.js';

export interface AssertionRules {
  /** Values of `aud` that mean this server. */
  audiences: readonly string[];
  /** `oauth2.grant.jwt` */
  settings: { jti_optional: boolean; iat_optional: boolean; max_ttl: number };
  now: Date;
}

export interface CheckedAssertion {
  /** Audiences of the assertion. */
  audience: string[];
  jti?: string;
  expiresAt: Date;
}

/** @throws OAuthError invalid_grant */
export function checkAssertion(claims: JsonObject, { audiences, settings, now }: AssertionRules): CheckedAssertion {
  const audience = [claims.aud].flat().filter((one) => typeof one === 'string');
  if (![claims.sub, ...audience].every((text) => typeof text !== 'string' || isStorableText(text))) {
    throw invalidGrant(
      "Claims 'sub' and 'aud' of the assertion must hold no NUL character and no half surrogate pair.",
    );
  }
  if (!audience.some((one) => audiences.includes(one))) {
    throw invalidGrant("Claim 'aud' of the assertion must contain the URL of the token endpoint.");
  }
  const expiresAt = checkTimes(claims, settings, now.getTime() / 1000);
  const jti = typeof claims.jti === 'string' && claims.jti ? claims.jti : undefined;
  if (!jti && !settings.jti_optional) {
    throw invalidGrant("Claim 'jti' of the assertion is missing: each assertion needs one of its own.");
  }
  return { audience, jti, expiresAt };
}

function checkTimes(claims: JsonObject, settings: AssertionRules['settings'], now: number): Date {
  const [exp, nbf, iat] = [time(claims, 'exp'), time(claims, 'nbf'), time(claims, 'iat')];
  if (exp === undefined) throw invalidGrant("Claim 'exp' of the assertion is missing.");
  if (exp <= now) throw invalidGrant('The assertion has expired: make a new one.');
  if (nbf !== undefined && nbf > now) throw invalidGrant("The assertion is not valid yet (claim 'nbf').");
  if (iat === undefined && !settings.iat_optional) throw invalidGrant("Claim 'iat' of the assertion is missing.");
  if (exp - (iat ?? now) > settings.max_ttl) {
    throw invalidGrant(`The assertion lives too long: 'exp' may be at most ${settings.max_ttl} seconds after 'iat'.`);
  }
  return dateOfSeconds(exp);
}

/** RFC 7519 §2, NumericDate. @throws OAuthError invalid_grant for what is there and is none */
function time(claims: JsonObject, name: string): number | undefined {
  const value = claims[name];
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw invalidGrant(`Claim '${name}' of the assertion must be a number of seconds.`);
}
