import { exportJWK, generateKeyPair, type JWK } from 'jose';
import type { SigningAlgorithm } from './algorithms.js';

/** Generates a private key for the algorithm, in the thread pool. `rsaBits` applies to RSA keys only. */
export async function generateJwk(
  alg: SigningAlgorithm,
  { kid, use, rsaBits }: { kid: string; use: string; rsaBits: number },
): Promise<JWK> {
  const { privateKey } = await generateKeyPair(alg, { modulusLength: rsaBits, extractable: true });
  return { use, kid, alg, ...(await exportJWK(privateKey)) };
}
