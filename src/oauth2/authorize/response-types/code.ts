import { AUTHORIZATION_CODE } from '../../../protocol/constants.js';
import type { ResponseType } from './response-type.js';

/**
 * RFC 6749 §4.1.2. A code alone needs no grant type here: the token endpoint refuses a client that cannot redeem it. The
 * response contains the granted scope, even an empty one, as in Hydra.
 */
export const code: ResponseType = {
  word: 'code',
  needsNonce: false,
  grantTypes: (words) => (words.length > 1 ? [AUTHORIZATION_CODE] : []),
  parameters({ words, granted, issued }) {
    if (issued.code === undefined) return {};
    return { code: issued.code, ...(words.length === 1 && { scope: granted.grantedScope.join(' ') }) };
  },
};
