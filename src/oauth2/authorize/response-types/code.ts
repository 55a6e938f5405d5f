import { AUTHORIZATION_CODE } from '../../../protocol/constants.js';
import type { ResponseType } from './response-type.js';

/**
 * RFC 6749 §4.1.2. Alone it needs no grant type here: the token endpoint refuses a client that cannot redeem it. It is
 * accompanied by the granted scope, even an empty one, as clients of the reference know it.
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
