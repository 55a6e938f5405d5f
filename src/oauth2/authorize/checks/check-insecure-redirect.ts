import { invalidRequest } from '../../../protocol/oauth-error.js';
import { isSecureRedirectUri } from '../../../protocol/redirect-uri.js';
import type { Check } from '../proven-request.js';

/** RFC 9700 §2.6: a code in a plain http request can be stolen. In development mode every address is allowed. */
export const checkInsecureRedirect: Check = ({ responseTypes, redirectUri }, { dev }) => {
  if (dev || responseTypes.join(' ') !== 'code' || isSecureRedirectUri(redirectUri)) return;
  throw invalidRequest('The redirect URI must be https: plain http is for localhost and loopback addresses.');
};
