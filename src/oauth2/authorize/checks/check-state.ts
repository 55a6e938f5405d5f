import { MIN_ENTROPY_CHARACTERS } from '../../../protocol/constants.js';
import { invalidState } from '../../../protocol/oauth-error.js';
import type { Check } from '../proven-request.js';

/**
 * RFC 6749 §10.12: without `state` the client cannot recognize responses to its own requests. A code that is bound to a
 * challenge needs no `state` (RFC 9700 §2.1.1), because nobody else has the verifier. An access token is bound to nothing.
 */
export const checkState: Check = ({ state, parameters, responseTypes }) => {
  const isBound = responseTypes.includes('code') && parameters.code_challenge !== undefined;
  if (isBound && !responseTypes.includes('token')) return;
  if (state.length < MIN_ENTROPY_CHARACTERS) {
    throw invalidState(
      `Parameter 'state' must have at least ${MIN_ENTROPY_CHARACTERS} characters, or the request must use PKCE.`,
    );
  }
};
