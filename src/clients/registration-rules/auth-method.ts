import { invalidClientMetadata } from '../../protocol/oauth-error.js';
import type { Registration } from './registration-rule.js';

const ASSERTION_ALGORITHM = /^(RS|PS|ES)(256|384|512)$/;

/** private_key_jwt needs keys to verify with, and an algorithm that is asymmetric (OpenID Connect Core §9). */
export function checkAuthMethod({ metadata }: Registration): void {
  if (metadata.token_endpoint_auth_method !== 'private_key_jwt') return;
  if (!metadata.jwks && !metadata.jwks_uri) {
    throw invalidClientMetadata("token_endpoint_auth_method 'private_key_jwt' needs 'jwks' or 'jwks_uri'.");
  }
  const alg = metadata.token_endpoint_auth_signing_alg;
  if (alg !== undefined && !ASSERTION_ALGORITHM.test(alg)) {
    throw invalidClientMetadata(
      'token_endpoint_auth_signing_alg must be one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512.',
    );
  }
}
