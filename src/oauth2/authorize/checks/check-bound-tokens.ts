import { unauthorizedClient } from '../../../protocol/oauth-error.js';
import type { ClientCheck } from '../proven-request.js';

/** RFC 9449 §5.2: a token that comes through the browser is bound to no key, because no proof can be there. */
export const checkBoundTokens: ClientCheck = ({ client, responseTypes }, { oauth2 }) => {
  if (!oauth2.dpop.enabled || client.metadata.dpop_bound_access_tokens !== true) return;
  if (!responseTypes.includes('token')) return;
  throw unauthorizedClient("The client registered dpop_bound_access_tokens: leave 'token' out of 'response_type'.");
};
