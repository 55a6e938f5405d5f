/**
 * The checks of the authorization endpoint, in their order: the first failure is reported. Client, request object,
 * response mode and redirect URI are checked before (`AuthorizationRequests.prove`). Errors until then are shown on the
 * error page; errors of these checks are sent to the client.
 */
import type { Check, ClientCheck } from '../proven-request.js';
import { checkAllowedDetails, checkAuthorizationDetails } from './check-authorization-details.js';
import { checkAudience } from './check-audience.js';
import { checkClaims } from './check-claims.js';
import { checkBoundTokens } from './check-bound-tokens.js';
import { checkDpopJkt } from './check-dpop-jkt.js';
import { checkGrantType } from './check-grant-type.js';
import { checkInsecureRedirect } from './check-insecure-redirect.js';
import { checkJwtInQuery } from './check-jwt-in-query.js';
import { checkMaxAge } from './check-max-age.js';
import { checkNonce } from './check-nonce.js';
import { checkOnce } from './check-once.js';
import { checkPkce } from './check-pkce.js';
import { checkPrompt } from './check-prompt.js';
import { checkPushed } from './check-pushed.js';
import { checkRegistration } from './check-registration.js';
import { checkResponseModeFits } from './check-response-mode-fits.js';
import { checkResponseType } from './check-response-type.js';
import { checkScope } from './check-scope.js';
import { checkSignedRequest } from './check-signed-request.js';
import { checkSignedResponse } from './check-signed-response.js';
import { checkState } from './check-state.js';

export const CHECKS: readonly Check[] = [
  checkOnce,
  checkPushed,
  checkSignedRequest,
  checkScope,
  checkAudience,
  checkRegistration,
  checkResponseType,
  checkResponseModeFits,
  checkJwtInQuery,
  checkSignedResponse,
  checkState,
  checkPrompt,
  checkMaxAge,
  checkClaims,
  checkInsecureRedirect,
  checkPkce,
  checkDpopJkt,
  checkNonce,
  checkGrantType,
  checkAuthorizationDetails,
  checkBoundTokens,
];

/**
 * The same for a pushed request. A developer reads the answer, so what is wrong with the request itself is told before what
 * the client may not ask for; at the authorization endpoint the scope comes first, as in Hydra.
 */
export const PUSH_CHECKS: readonly Check[] = [
  ...CHECKS.filter((check) => check !== checkScope && check !== checkAudience),
  ...[checkScope, checkAudience],
];

/** Checks that depend on the client's registration. It may change during the login, so every request repeats them. */
export const CLIENT_CHECKS: readonly ClientCheck[] = [
  ...[checkScope, checkAudience, checkResponseType],
  ...[checkJwtInQuery, checkSignedResponse, checkGrantType, checkAllowedDetails, checkBoundTokens],
];
