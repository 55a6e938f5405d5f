import { MIN_ENTROPY_CHARACTERS } from '../../../protocol/constants.js';
import { invalidState } from '../../../protocol/oauth-error.js';
import type { Check } from '../proven-request.js';

/** RFC 6749 §10.12, as the reference has it: without a state the client cannot tell its own requests from others'. */
export const checkState: Check = ({ state }) => {
  if (state.length < MIN_ENTROPY_CHARACTERS) {
    throw invalidState(`Parameter 'state' must have at least ${MIN_ENTROPY_CHARACTERS} characters.`);
  }
};
