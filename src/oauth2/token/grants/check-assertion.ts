/** Checks the claims of an assertion that is used as an authorization grant (RFC 7523 §3). */
import { isStorableText } from '../../../database/storable-text.js';
import { judgeTimes } from '../../../jwt/judge-times.js';
import { MAX_REQUESTED_AUDIENCES } from '../../../protocol/audience.js';
import { hasTooManyClaims, type JsonObject, MAX_CLAIMS } from '../../../protocol/json.js';
import { dateOfNumericDate } from '../../../protocol/numeric-date.js';
import { invalidGrant } from '../../../protocol/oauth-error.js';

interface AssertionRules {
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
export function checkAssertion(claims: JsonObject, rules: AssertionRules): CheckedAssertion {
  if (hasTooManyClaims(claims)) throw invalidGrant(`The assertion may hold ${MAX_CLAIMS} claims.`);
  const audience = [claims.aud].flat().filter((one) => typeof one === 'string');
  if (![claims.sub, ...audience].every((text) => typeof text !== 'string' || isStorableText(text))) {
    throw invalidGrant(
      "Claims 'sub' and 'aud' of the assertion must hold no NUL character and no half surrogate pair.",
    );
  }
  if (audience.length > MAX_REQUESTED_AUDIENCES) {
    throw invalidGrant(`Claim 'aud' of the assertion may hold ${MAX_REQUESTED_AUDIENCES} audiences.`);
  }
  if (!audience.some((one) => rules.audiences.includes(one))) {
    throw invalidGrant("Claim 'aud' of the assertion must contain the URL of the token endpoint.");
  }
  const expiresAt = checkTimes(claims, rules);
  const jti = typeof claims.jti === 'string' && claims.jti ? claims.jti : undefined;
  if (!jti && !rules.settings.jti_optional) {
    throw invalidGrant("Claim 'jti' of the assertion is missing: each assertion needs one of its own.");
  }
  return { audience, jti, expiresAt };
}

function checkTimes(claims: JsonObject, { settings, now }: AssertionRules): Date {
  const seconds = now.getTime() / 1000;
  const required = settings.iat_optional ? (['exp'] as const) : (['exp', 'iat'] as const);
  const { exp, iat = seconds } = judgeTimes(claims, { now, what: 'assertion', error: invalidGrant, required });
  // Counted from now if `iat` is later, so that a clock that is ahead does not extend the life of an assertion.
  if (exp - Math.min(iat, seconds) > settings.max_ttl) {
    throw invalidGrant(`The assertion lives too long: 'exp' may be at most ${settings.max_ttl} seconds after 'iat'.`);
  }
  return dateOfNumericDate(exp);
}
