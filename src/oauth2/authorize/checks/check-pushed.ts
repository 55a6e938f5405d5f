import { invalidRequest } from '../../../protocol/oauth-error.js';
import type { Check } from '../proven-request.js';

/** RFC 9126 §4, §6: the client or the server demands that requests are pushed. A request object is no substitute. */
export const checkPushed: Check = ({ client, isPushed }, { oauth2 }) => {
  const { enabled, required } = oauth2.pushed_authorization_requests;
  if (isPushed || !enabled) return;
  if (!required && client.metadata.require_pushed_authorization_requests !== true) return;
  throw invalidRequest('The authorization request must be pushed first: send it to the endpoint of RFC 9126.');
};
