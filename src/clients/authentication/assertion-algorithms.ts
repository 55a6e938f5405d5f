import type { Configuration } from '../../config/configuration.js';
import { SIGNING_ALGORITHMS } from '../../keys/algorithms.js';
import type { RegisteredClient } from '../registered-client.js';
import { FAPI_ALGORITHMS, isFapiAlgorithm } from '../security-profile/fapi-algorithms.js';
import { isUnderFapi } from '../security-profile/security-profile.js';

/** Algorithms of client assertions, as in Hydra: for registration and `…_auth_signing_alg_values_supported`. */
export const ASSERTION_ALGORITHMS: readonly string[] = SIGNING_ALGORITHMS.filter((alg) => alg !== 'EdDSA');

/** The algorithms of this client: the registered one. FAPI 2.0 Security Profile §5.4.1 allows some, and has no default. */
export function assertionAlgorithms(client: RegisteredClient, configuration: Configuration): readonly string[] {
  const { token_endpoint_auth_signing_alg: registered } = client.metadata;
  if (!isUnderFapi(client, configuration)) return [registered ?? 'RS256'];
  return registered === undefined ? FAPI_ALGORITHMS : [registered].filter(isFapiAlgorithm);
}
