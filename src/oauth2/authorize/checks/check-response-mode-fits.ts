import { unsupportedResponseMode } from '../../../protocol/oauth-error.js';
import type { Check } from '../proven-request.js';
import { defaultResponseMode } from '../response-types/index.js';

/** Multiple Response Type Encoding Practices §3, §5: tokens are never sent in a query, which servers log. */
export const checkResponseModeFits: Check = ({ askedMode, responseTypes }) => {
  if (askedMode === 'query' && defaultResponseMode(responseTypes) !== 'query') {
    throw unsupportedResponseMode("Parameter 'response_mode' must be fragment or form_post for this response type.");
  }
};
