/**
 * The rules of the authorization endpoint, in the order in which they are judged: the first that fails is told.
 * Before any of them client, request object, response mode and redirect URI are proven (`AuthorizationRequests.prove`):
 * until then faults are shown on the error page; from here on they go to the client.
 */
import type { Check, ClientCheck } from '../proven-request.js';
import { checkAudience } from './check-audience.js';
import { checkGrantType } from './check-grant-type.js';
import { checkInsecureRedirect } from './check-insecure-redirect.js';
import { checkMaxAge } from './check-max-age.js';
import { checkNonce } from './check-nonce.js';
import { checkPkce } from './check-pkce.js';
import { checkPrompt } from './check-prompt.js';
import { checkRegistration } from './check-registration.js';
import { checkResponseModeFits } from './check-response-mode-fits.js';
import { checkResponseType } from './check-response-type.js';
import { checkScope } from './check-scope.js';
import { checkState } from './check-state.js';

export const CHECKS: readonly Check[] = [
  checkScope,
  checkAudience,
  checkRegistration,
  checkResponseType,
  checkResponseModeFits,
  checkState,
  checkPrompt,
  checkMaxAge,
  checkInsecureRedirect,
  checkPkce,
  checkNonce,
  checkGrantType,
];

/** What is asked of the client's registration, which may change while the person logs in: judged at each visit anew. */
export const CLIENT_CHECKS: readonly ClientCheck[] = [checkScope, checkAudience, checkResponseType, checkGrantType];
