/** Checks the times of a JWT (RFC 7519 §4.1.4 to §4.1.6). Every incoming JWT is checked here, by the same rule. */
import type { OAuthError } from '../protocol/oauth-error.js';

const TIME_CLAIMS = ['exp', 'nbf', 'iat'] as const;

type TimeClaim = (typeof TIME_CLAIMS)[number];

interface TimeRules {
  now: Date;
  /** The name of the JWT in the hint of the error. */
  what: string;
  error: (hint: string) => OAuthError;
  /** The claims that must be present. A claim that is present must be valid, required or not. */
  required?: readonly TimeClaim[];
  /** The seconds by which `nbf` and `iat` may be ahead of this server's clock (RFC 7519 §4.1.5: a small leeway). */
  tolerance?: number;
  /** True if the JWT may have expired, because it only identifies a person. */
  mayBeExpired?: boolean;
}

/** The times in seconds since 1970. */
interface Times {
  /** Infinity if the JWT never expires. */
  exp: number;
  nbf?: number;
  iat?: number;
}

/** Clocks of other parties may be ahead of this server's clock by this much. */
const TOLERANCE_SECONDS = 10;

/**
 * There is no tolerance after `exp`, because the `jti` of a single-use JWT is remembered only until then.
 * @throws the error that `rules.error` creates
 */
export function judgeTimes(claims: Record<string, unknown>, rules: TimeRules): Times {
  const [exp, nbf, iat] = TIME_CLAIMS.map((name) => numericDate(claims, name, rules));
  const now = rules.now.getTime() / 1000;
  if (exp !== undefined && exp <= now && !rules.mayBeExpired) {
    throw rules.error(`The ${rules.what} has expired (claim 'exp'): make a new one.`);
  }
  refuseFuture('nbf', nbf, rules);
  refuseFuture('iat', iat, rules);
  return { exp: exp ?? Infinity, nbf, iat };
}

function refuseFuture(name: TimeClaim, time: number | undefined, rules: TimeRules): void {
  const { now, tolerance = TOLERANCE_SECONDS } = rules;
  if (time === undefined || time <= now.getTime() / 1000 + tolerance) return;
  throw rules.error(`Claim '${name}' of the ${rules.what} lies in the future: check the clock of its maker.`);
}

/** Reads a NumericDate (RFC 7519 §2): seconds since 1970, possibly with a fraction and with any number of digits. */
function numericDate(claims: Record<string, unknown>, name: TimeClaim, rules: TimeRules): number | undefined {
  const value = claims[name];
  if (value === undefined) {
    if (rules.required?.includes(name)) throw rules.error(`Claim '${name}' of the ${rules.what} is missing.`);
    return undefined;
  }
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  throw rules.error(`Claim '${name}' of the ${rules.what} must be a number of seconds since 1970.`);
}
