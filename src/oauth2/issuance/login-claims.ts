/** How and when the person logged in, as ID tokens and access tokens tell it (OpenID Connect Core §2, RFC 9068 §2.2.1). */
import type { GrantSession } from './grant-session.js';

interface LoginClaims {
  /** Seconds since 1970. */
  auth_time?: number;
  acr?: string;
  amr?: string[];
}

/** The names of these claims, which no claim of a consent app or hook replaces. */
export const LOGIN_CLAIMS: readonly string[] = ['auth_time', 'acr', 'amr'];

/** Empty if no person logged in. `0` tells that a requested `acr` was not reached in any way (OpenID Connect Core §2). */
export function loginClaims({ authTime, acr, acrRequested, amr }: GrantSession): LoginClaims {
  const reached = acr ? acr : acrRequested ? '0' : undefined;
  return {
    ...(authTime ? { auth_time: authTime } : {}),
    ...(reached ? { acr: reached } : {}),
    ...(amr?.length ? { amr } : {}),
  };
}
