import { generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { JWK } from 'jose';
import { CURVES, type SigningAlgorithm } from './algorithms.js';

const generate = promisify(generateKeyPair) as (type: string, options: object) => Promise<{ privateKey: KeyObject }>;

/** Makes a private key for the algorithm, in the thread pool. `rsaBits` counts for RSA keys alone. */
export async function generateJwk(
  alg: SigningAlgorithm,
  { kid, use, rsaBits }: { kid: string; use: string; rsaBits: number },
): Promise<JWK> {
  const { privateKey } = await generatePair(alg, rsaBits);
  return { use, kid, alg, ...privateKey.export({ format: 'jwk' }) };
}

function generatePair(alg: SigningAlgorithm, rsaBits: number): Promise<{ privateKey: KeyObject }> {
  switch (alg) {
    case 'ES256':
    case 'ES384':
    case 'ES512':
      return generate('ec', { namedCurve: CURVES[alg].openssl });
    case 'EdDSA':
      return generate('ed25519', {});
    default:
      return generate('rsa', { modulusLength: rsaBits });
  }
}
