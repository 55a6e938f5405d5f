import { consentRequired } from '../../../protocol/oauth-error.js';
import { isSecureRedirectUri } from '../../../protocol/redirect-uri.js';
import type { LoginCheck } from './login-check.js';

/** RFC 9700 §4.8: a client that proves nothing gets nothing silently, unless its redirect URI proves it. */
export const checkPublicClientWithoutPrompt: LoginCheck = ({ request, client, dev }) => {
  if (dev || !client.isPublic || !request.prompt.includes('none') || request.deviceAuthorization) return undefined;
  if (isSecureRedirectUri(request.redirectUri)) return undefined;
  return consentRequired(
    "A public client with a plain http redirect URI cannot use 'prompt=none': use https or a loopback address.",
  );
};
