import { invalidRequestUri, OAuthError } from '../../../protocol/oauth-error.js';

/**
 * The one answer for a `request_uri` that is unknown, expired, used before or of another client: who has found one must not
 * learn more (RFC 9126 §7.1). It is shown on the error page and never sent to a client, because the request that had the
 * redirect URI is over.
 */
export class UnusableRequestUri extends OAuthError {
  constructor() {
    const { code, status, description } = invalidRequestUri();
    super(code, {
      ...{ status, description },
      hint: 'It is unknown, has expired, was used before, or belongs to another client: start again at the application.',
    });
  }
}
