/**
 * Checks whether a login satisfies the request (OpenID Connect Core §3.1.2.1), when the browser returns from the login app.
 * Each check is one function; LOGIN_CHECKS at the end is their order.
 */
import type { RegisteredClient } from '../../clients/registered-client.js';
import type { AuthorizationRequest } from '../../protocol/authorization-request.js';
import {
  consentRequired,
  loginRequired,
  type OAuthError,
  unmetAuthenticationRequirements,
} from '../../protocol/oauth-error.js';
import { isSecureRedirectUri } from '../../protocol/redirect-uri.js';
import { isAskedPerson, reachesEssentialAcr } from './asked-authentication.js';

/** The data that is known when the browser returns from the login app. Times are seconds since 1970. */
export interface LoginOutcome {
  request: AuthorizationRequest;
  client: RegisteredClient;
  requestedAt: number;
  /** The person logged in for this request, so after it, even if the clocks of the replicas disagree. */
  fresh: boolean;
  authTime: number;
  /** All identifiers that the client may know: the subject, and the pairwise identifier for this client. */
  names: readonly string[];
  /** The `sub` that the client would get. */
  subjectIdentifier: string;
  /** The `acr` of the login; empty if the app told none. */
  acr: string;
  /** Development mode: plain http is allowed like https. */
  dev: boolean;
}

/** Returns an error if the login does not satisfy the request. */
type LoginCheck = (outcome: LoginOutcome) => OAuthError | undefined;

/** The first refusal, if any. */
export function refuseLogin(outcome: LoginOutcome): OAuthError | undefined {
  for (const check of LOGIN_CHECKS) {
    const refusal = check(outcome);
    if (refusal) return refusal;
  }
  return undefined;
}

/** RFC 6819 §5.2.4.1: without client authentication there is no silent grant, unless the redirect URI is secure. */
const checkPublicClientWithoutPrompt: LoginCheck = ({ request, client, dev }) => {
  if (dev || !client.isPublic || !request.prompt.includes('none') || request.deviceAuthorization) return undefined;
  if (isSecureRedirectUri(request.redirectUri)) return undefined;
  return consentRequired(
    "A public client with a plain http redirect URI cannot use 'prompt=none': use https or a loopback address.",
  );
};

/** The age of the login is measured at the time of the request. */
const checkMaxAge: LoginCheck = ({ request: { maxAge }, fresh, authTime, requestedAt }) =>
  !fresh && maxAge !== undefined && maxAge > 0 && authTime + maxAge < requestedAt
    ? loginRequired("The login is older than parameter 'max_age' allows: ask without 'prompt=none'.")
    : undefined;

/** `prompt=none` needs a login from before the request. */
const checkPromptNone: LoginCheck = ({ request, fresh }) =>
  request.prompt.includes('none') && fresh
    ? loginRequired("The request had 'prompt=none', but the person logged in only afterwards.")
    : undefined;

/** `prompt=login` needs a login after the request. */
const checkPromptLogin: LoginCheck = ({ request, fresh }) =>
  request.prompt.includes('login') && !fresh
    ? loginRequired("The request had 'prompt=login', but the person did not log in again.")
    : undefined;

/** The hint must name the person who is logged in. */
const checkIdTokenHint: LoginCheck = ({ request: { idTokenHintClaims }, names }) => {
  if (!idTokenHintClaims || names.includes(String(idTokenHintClaims['sub']))) return undefined;
  return loginRequired("The person who is logged in is not the one that 'id_token_hint' names.");
};

/** OpenID Connect Core §3.1.2.2: a request for one person is not answered about another. */
const checkAskedPerson: LoginCheck = ({ request, subjectIdentifier }) =>
  isAskedPerson(request, subjectIdentifier)
    ? undefined
    : loginRequired("The person who is logged in is not the one that claim 'sub' of 'claims' asks for.");

/** OpenID Connect Core §5.5.1.1: it is a failed login, not a weaker token. */
const checkEssentialAcr: LoginCheck = ({ request, acr }) => {
  if (reachesEssentialAcr(request, acr || undefined)) return undefined;
  const hint = "The login did not reach the 'acr' that 'claims' demands.";
  return request.prompt.includes('none') ? loginRequired(hint) : unmetAuthenticationRequirements(hint);
};

/** Checked in this order; the first error is returned. */
const LOGIN_CHECKS: readonly LoginCheck[] = [
  checkPublicClientWithoutPrompt,
  checkMaxAge,
  checkPromptNone,
  checkPromptLogin,
  checkIdTokenHint,
  checkAskedPerson,
  checkEssentialAcr,
];
