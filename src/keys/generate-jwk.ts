import { exportJWK, generateKeyPair, type JWK } from 'jose';
import type { SigningAlgorithm } from './algorithms.js';
import { ENCRYPTION_KEY_KINDS, type EncryptionKeyKind } from './encryption-algorithms.js';

/** What a key is made for. A key that others encrypt to serves all algorithms of its type, so it names none. */
export type KeyPurpose = SigningAlgorithm | EncryptionKeyKind;

/** Generates a private key for the algorithm, in the thread pool. `rsaBits` applies to RSA keys only. */
export async function generateJwk(
  alg: SigningAlgorithm,
  { kid, use, rsaBits }: { kid: string; use: string; rsaBits: number },
): Promise<JWK> {
  const { privateKey } = await generateKeyPair(alg, { modulusLength: rsaBits, extractable: true });
  return { use, kid, alg, ...(await exportJWK(privateKey)) };
}

/** A private key of this server for the purpose, in the thread pool. */
export async function generateOwnJwk(
  purpose: KeyPurpose,
  { kid, rsaBits }: { kid: string; rsaBits: number },
): Promise<JWK> {
  if (!isEncryptionKeyKind(purpose)) return generateJwk(purpose, { kid, use: 'sig', rsaBits });
  const { alg, crv } = ENCRYPTION_KEY_KINDS[purpose];
  const { privateKey } = await generateKeyPair(alg, { modulusLength: ENCRYPTION_RSA_BITS, crv, extractable: true });
  return { use: 'enc', kid, ...(await exportJWK(privateKey)) };
}

const ENCRYPTION_RSA_BITS = 2048;

function isEncryptionKeyKind(purpose: KeyPurpose): purpose is EncryptionKeyKind {
  return purpose in ENCRYPTION_KEY_KINDS;
}
