import { IMPLICIT } from '../../../protocol/constants.js';
import type { ResponseParameters } from '../response-modes/response-mode.js';
import type { ResponseType } from './response-type.js';

/** OpenID Connect Core §3.2.2.5, §3.3.2.5. The ID token is left out if openid was not granted. */
export const idToken: ResponseType = {
  word: 'id_token',
  needsNonce: true,
  grantTypes: (words) => (words.includes('code') ? [] : [IMPLICIT]),
  parameters({ issued }): ResponseParameters {
    return issued.idToken === undefined ? {} : { id_token: issued.idToken };
  },
};
