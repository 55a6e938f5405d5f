import { isSigningAlgorithm, SIGNING_ALGORITHMS } from '../../keys/algorithms.js';
import { CIBA } from '../../protocol/constants.js';
import { invalidClientMetadata } from '../../protocol/oauth-error.js';
import type { Registration } from './registration-rule.js';

/** CIBA Core §4. `push` would send tokens to the client unasked, which this server does not do. */
export function checkBackchannelDelivery({ metadata }: Registration): void {
  const {
    backchannel_token_delivery_mode: mode,
    backchannel_client_notification_endpoint: endpoint,
    grant_types: grantTypes,
    token_endpoint_auth_method: method,
  } = metadata;
  if (mode !== undefined && mode !== 'poll' && mode !== 'ping') {
    throw invalidClientMetadata("'backchannel_token_delivery_mode' must be poll or ping.");
  }
  if (mode === 'ping' && endpoint === undefined) {
    throw invalidClientMetadata(
      "'backchannel_client_notification_endpoint' is missing: 'backchannel_token_delivery_mode' is ping.",
    );
  }
  if (endpoint !== undefined && !isNotificationEndpoint(endpoint)) {
    throw invalidClientMetadata(
      "'backchannel_client_notification_endpoint' must be an absolute https URL without credentials and fragment.",
    );
  }
  if (method === 'none' && grantTypes.includes(CIBA)) {
    throw invalidClientMetadata(
      `The grant type '${CIBA}' is for clients that prove who they are: choose another 'token_endpoint_auth_method' than none.`,
    );
  }
}

function isNotificationEndpoint(text: string): boolean {
  if (!/^https:\/\/./i.test(text) || text.includes('#') || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === '' && password === '';
}

/** CIBA Core §4, §7.1.1: an asymmetric algorithm. */
export function checkBackchannelSigning({ metadata }: Registration): void {
  const { backchannel_authentication_request_signing_alg: alg } = metadata;
  if (alg === undefined) return;
  if (!isSigningAlgorithm(alg)) {
    throw invalidClientMetadata(
      `'backchannel_authentication_request_signing_alg' must be one of ${SIGNING_ALGORITHMS.join(', ')}.`,
    );
  }
  if (metadata.jwks || metadata.jwks_uri) return;
  throw invalidClientMetadata("'backchannel_authentication_request_signing_alg' needs 'jwks' or 'jwks_uri'.");
}
