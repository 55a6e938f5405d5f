import { IMPLICIT } from '../../../protocol/constants.js';
import type { ResponseParameters } from '../response-modes/response-mode.js';
import type { ResponseType } from './response-type.js';

/** RFC 6749 §4.2.2: an access token is sent through the browser, but never a refresh token. */
export const token: ResponseType = {
  word: 'token',
  needsNonce: false,
  grantTypes: () => [IMPLICIT],
  parameters({ issued: { accessToken } }): ResponseParameters {
    if (!accessToken) return {};
    return {
      access_token: accessToken.token,
      expires_in: String(Math.floor(accessToken.expiresIn)),
      token_type: 'bearer',
      scope: accessToken.scope.join(' '),
    };
  },
};
