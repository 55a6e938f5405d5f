import { unsupportedResponseType } from '../../../protocol/oauth-error.js';
import type { ClientCheck } from '../proven-request.js';
import { isKnownResponseType, parseResponseType } from '../response-types/index.js';

/** RFC 6749 §3.1.1: a set of known words that equals one of those the client is registered for. */
export const checkResponseType: ClientCheck = ({ client, responseTypes }) => {
  if (responseTypes.length === 0) throw unsupportedResponseType("Parameter 'response_type' is missing.");
  const asked = responseTypes.join(' ');
  if (!isKnownResponseType(responseTypes)) throw unsupportedResponseType(`The response type '${asked}' is unknown.`);
  if (!client.responseTypes.some((registered) => parseResponseType(registered).join(' ') === asked)) {
    throw unsupportedResponseType(`The client is not registered for the response type '${asked}'.`);
  }
};
