import { requireResponseType } from '../../../clients/client-permissions.js';
import { unsupportedResponseType } from '../../../protocol/oauth-error.js';
import type { ClientCheck } from '../proven-request.js';
import { isKnownResponseType } from '../response-types/index.js';

/** RFC 6749 §3.1.1: the response type consists of known words and equals one that the client has registered. */
export const checkResponseType: ClientCheck = ({ client, responseTypes }) => {
  if (responseTypes.length === 0) throw unsupportedResponseType("Parameter 'response_type' is missing.");
  if (!isKnownResponseType(responseTypes)) {
    throw unsupportedResponseType(`The response type '${responseTypes.join(' ')}' is unknown.`);
  }
  requireResponseType(client, responseTypes);
};
