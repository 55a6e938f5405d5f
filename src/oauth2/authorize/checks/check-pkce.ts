import { isUnderFapi } from '../../../clients/security-profile/security-profile.js';
import { invalidRequest } from '../../../protocol/oauth-error.js';
import type { Check } from '../proven-request.js';

/** RFC 7636 §4.2: SHA-256 in base64url. No verifier can match a challenge of another format. */
const S256_CHALLENGE = /^[A-Za-z0-9_-]{43}$/;

/** RFC 7636 §4.4.1; `plain` is refused (RFC 9700 §2.1.1). Only a code can be bound to a challenge. */
export const checkPkce: Check = ({ client, parameters, responseTypes }, configuration) => {
  if (!responseTypes.includes('code')) return;
  const challenge = parameters.code_challenge;
  if (challenge === undefined) {
    const { enforced, enforced_for_public_clients: enforcedForPublic } = configuration.oauth2.pkce;
    // Whoever reads a document can pretend to be its client: PKCE is not left to the configuration.
    const isEnforced = enforced || client.isByDocument || (enforcedForPublic && client.isPublic);
    // FAPI 2.0 Security Profile §5.3.2.2
    if (!isEnforced && !isUnderFapi(client, configuration)) return;
    throw invalidRequest("Parameter 'code_challenge' is missing: this server demands PKCE of the client.");
  }
  if (parameters.code_challenge_method !== 'S256') {
    throw invalidRequest("Parameter 'code_challenge_method' must be S256.");
  }
  if (!S256_CHALLENGE.test(challenge)) {
    throw invalidRequest("Parameter 'code_challenge' must be a SHA-256 digest in base64url, 43 characters.");
  }
};
