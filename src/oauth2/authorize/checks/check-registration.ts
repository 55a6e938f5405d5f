import { registrationNotSupported } from '../../../protocol/oauth-error.js';
import type { Check } from '../proven-request.js';

/** OpenID Connect Core §7.2.1: self-issued providers are not supported. */
export const checkRegistration: Check = ({ parameters }) => {
  if (parameters.registration !== undefined) {
    throw registrationNotSupported("Parameter 'registration' must be left out.");
  }
};
