import { isFapiRedirectUri } from '../../../clients/security-profile/fapi-redirect-uri.js';
import { isUnderFapi } from '../../../clients/security-profile/security-profile.js';
import { invalidRequest } from '../../../protocol/oauth-error.js';
import { isSecureRedirectUri } from '../../../protocol/redirect-uri.js';
import type { Check } from '../proven-request.js';

/** RFC 9700 §2.6: a code in a plain http request can be stolen. In development mode every address is allowed, except by FAPI. */
export const checkInsecureRedirect: Check = ({ client, responseTypes, redirectUri }, configuration) => {
  if (isUnderFapi(client, configuration) && !isFapiRedirectUri(redirectUri)) {
    throw invalidRequest('The redirect URI must be https, or http on a loopback address such as 127.0.0.1.');
  }
  if (configuration.dev || responseTypes.join(' ') !== 'code' || isSecureRedirectUri(redirectUri)) return;
  throw invalidRequest('The redirect URI must be https: plain http is for localhost and loopback addresses.');
};
