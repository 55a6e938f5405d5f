import { invalidClientMetadata } from '../../protocol/oauth-error.js';
import { ASSERTION_ALGORITHMS } from '../authentication/assertion-algorithms.js';
import type { Registration } from './registration-rule.js';

/** private_key_jwt needs keys and an asymmetric algorithm (OpenID Connect Core §9). */
export function checkAuthMethod({ metadata }: Registration): void {
  if (metadata.token_endpoint_auth_method !== 'private_key_jwt') return;
  if (!metadata.jwks && !metadata.jwks_uri) {
    throw invalidClientMetadata("token_endpoint_auth_method 'private_key_jwt' needs 'jwks' or 'jwks_uri'.");
  }
  const alg = metadata.token_endpoint_auth_signing_alg;
  if (alg !== undefined && !ASSERTION_ALGORITHMS.includes(alg)) {
    throw invalidClientMetadata(`token_endpoint_auth_signing_alg must be one of ${ASSERTION_ALGORITHMS.join(', ')}.`);
  }
}
