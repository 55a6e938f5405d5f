import { invalidRequest } from '../../../protocol/oauth-error.js';
import type { Check } from '../proven-request.js';
import { mustSign } from '../strict-request-object.js';

/** RFC 9101 §10.5: without this check, leaving the object out would be a way around its signature. */
export const checkSignedRequest: Check = ({ client, hasRequestObject }, configuration) => {
  if (hasRequestObject || !mustSign(client, configuration)) return;
  throw invalidRequest("The request must be a signed request object: send it in parameter 'request'.");
};
