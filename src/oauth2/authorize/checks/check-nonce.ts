import { MIN_ENTROPY_CHARACTERS, OPENID } from '../../../protocol/constants.js';
import { insufficientEntropy, invalidRequest } from '../../../protocol/oauth-error.js';
import type { Check } from '../proven-request.js';
import { responseTypesOf } from '../response-types/index.js';

/** OpenID Connect Core §3.2.2.1, §15.5.2. A nonce is not checked if no ID token will contain it. */
export const checkNonce: Check = ({ parameters, responseTypes, scope }) => {
  const nonce = parameters.nonce;
  const needed = responseTypesOf(responseTypes).some((type) => type.needsNonce);
  if (needed && nonce === undefined) {
    throw invalidRequest("Parameter 'nonce' is missing: an ID token in the answer is bound to it.");
  }
  const carried = needed || (responseTypes.includes('code') && scope.includes(OPENID));
  if (carried && nonce !== undefined && nonce.length < MIN_ENTROPY_CHARACTERS) {
    throw insufficientEntropy(`Parameter 'nonce' must have at least ${MIN_ENTROPY_CHARACTERS} characters.`);
  }
};
