import { isUnderFapi } from '../../../clients/security-profile/security-profile.js';
import { invalidRequest } from '../../../protocol/oauth-error.js';
import type { Check } from '../proven-request.js';

/**
 * RFC 9126 §4, §6, FAPI 2.0 Security Profile §5.3.2.2: the client or the server demands that requests are pushed. A request
 * object is no substitute.
 */
export const checkPushed: Check = ({ client, isPushed }, configuration) => {
  const { enabled, required } = configuration.oauth2.pushed_authorization_requests;
  const isDemanded = enabled && (required || client.metadata.require_pushed_authorization_requests === true);
  if (isPushed || (!isDemanded && !isUnderFapi(client, configuration))) return;
  throw invalidRequest('The authorization request must be pushed first: send it to the endpoint of RFC 9126.');
};
