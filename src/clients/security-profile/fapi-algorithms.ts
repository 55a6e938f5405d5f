import type { SigningAlgorithm } from '../../keys/algorithms.js';

/**
 * FAPI 2.0 Security Profile §5.4.1: the algorithms of client assertions, request objects, proofs, ID tokens and responses. EdDSA
 * is with Ed25519, the only curve that this server signs with.
 */
export const FAPI_ALGORITHMS: readonly SigningAlgorithm[] = ['PS256', 'ES256', 'EdDSA'];

/** `Ed25519` is the name that RFC 9864 gives to EdDSA with that curve. */
export function isFapiAlgorithm(alg: unknown): boolean {
  return alg === 'Ed25519' || (FAPI_ALGORITHMS as readonly unknown[]).includes(alg);
}
