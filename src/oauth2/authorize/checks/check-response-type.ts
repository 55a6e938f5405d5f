import { requireResponseType } from '../../../clients/client-permissions.js';
import { isUnderFapi } from '../../../clients/security-profile/security-profile.js';
import { unsupportedResponseType } from '../../../protocol/oauth-error.js';
import type { ClientCheck } from '../proven-request.js';
import { isKnownResponseType } from '../response-types/index.js';

/** RFC 6749 §3.1.1: the response type consists of known words and equals one that the client has registered. */
export const checkResponseType: ClientCheck = ({ client, responseTypes }, configuration) => {
  if (responseTypes.length === 0) throw unsupportedResponseType("Parameter 'response_type' is missing.");
  if (!isKnownResponseType(responseTypes)) {
    throw unsupportedResponseType(`The response type '${responseTypes.join(' ')}' is unknown.`);
  }
  // FAPI 2.0 Security Profile §5.3.2.2: nothing but a code passes the browser.
  if (isUnderFapi(client, configuration) && responseTypes.join(' ') !== 'code') {
    throw unsupportedResponseType("The security profile of the client allows the response type 'code' alone.");
  }
  requireResponseType(client, responseTypes);
};
