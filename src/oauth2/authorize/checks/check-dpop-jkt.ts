import { invalidRequest } from '../../../protocol/oauth-error.js';
import type { Check } from '../proven-request.js';

const THUMBPRINT_BYTES = 32;

/** RFC 9449 §10: the SHA-256 thumbprint of a key, in base64url (RFC 7638). While DPoP is off the parameter means nothing. */
export const checkDpopJkt: Check = ({ parameters: { dpop_jkt: jkt } }, { oauth2 }) => {
  if (!oauth2.dpop.enabled || jkt === undefined) return;
  const bytes = Buffer.from(jkt, 'base64url');
  if (bytes.length === THUMBPRINT_BYTES && bytes.toString('base64url') === jkt) return;
  throw invalidRequest("Parameter 'dpop_jkt' must be the SHA-256 thumbprint of a key: 43 characters of base64url.");
};
