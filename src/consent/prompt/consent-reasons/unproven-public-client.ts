import { isTrustedPublicRedirectUri } from '../../../protocol/redirect-uri.js';
import type { ConsentReason } from './consent-reason.js';

/**
 * RFC 6749 §10.2, RFC 8252 §8.6: anybody can pretend to be a public client. Only an https or loopback redirect URI makes
 * sure who gets the answer; a device has none.
 */
export const unprovenPublicClient: ConsentReason = {
  name: 'nothing proves the public client',
  applies: ({ request, client }) =>
    client.isPublic && (request.deviceAuthorization !== undefined || !isTrustedPublicRedirectUri(request.redirectUri)),
};
