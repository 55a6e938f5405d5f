import { SIGNING_ALGORITHMS } from '../../keys/algorithms.js';

/** Algorithms of client assertions, as in Hydra: for registration and `…_auth_signing_alg_values_supported`. */
export const ASSERTION_ALGORITHMS: readonly string[] = SIGNING_ALGORITHMS.filter((alg) => alg !== 'EdDSA');
