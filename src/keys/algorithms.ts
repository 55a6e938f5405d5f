/**
 * The supported signature algorithms (RFC 7518 §3.1, RFC 8037 §3.1), and the demands of each on its key. Symmetric
 * algorithms are missing on purpose: a shared secret cannot be published.
 */
import { constants, type KeyObject, sign as cryptoSign, verify as cryptoVerify } from 'node:crypto';
import { findRsaFault } from './rsa-bounds.js';

export const SIGNING_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const;

export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

/** The curve of each ES algorithm (RFC 7518 §3.4), by its OpenSSL name. */
const CURVES = { ES256: 'prime256v1', ES384: 'secp384r1', ES512: 'secp521r1' } as const;

export function isSigningAlgorithm(alg: unknown): alg is SigningAlgorithm {
  return (SIGNING_ALGORITHMS as readonly unknown[]).includes(alg);
}

/** Whether the key has the type, curve and size that the algorithm demands. */
export function fitsAlgorithm(alg: SigningAlgorithm, key: KeyObject): boolean {
  if (alg === 'EdDSA') return key.asymmetricKeyType === 'ed25519';
  if (isElliptic(alg)) {
    return key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === CURVES[alg];
  }
  return key.asymmetricKeyType === 'rsa' && findRsaFault(key) === undefined;
}

/** The algorithm for a key without `alg`: the usual one of its type; undefined if such a key cannot sign. */
export function usualAlgorithm(key: KeyObject): SigningAlgorithm | undefined {
  return (['RS256', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const).find((alg) => fitsAlgorithm(alg, key));
}

/** Signs in the thread pool. The signature has the JWS format (RFC 7515 §3; for ES algorithms R and S concatenated). */
export function signBytes(alg: SigningAlgorithm, key: KeyObject, data: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    cryptoSign(digestOf(alg), data, { key, ...formOf(alg) }, (error, signature) => {
      if (error) reject(error);
      else resolve(signature);
    });
  });
}

/** Verifies in the thread pool. @param signature in the JWS format. False also for one of the wrong length */
export function verifyBytes(
  { alg, key }: { alg: SigningAlgorithm; key: KeyObject },
  data: Buffer,
  signature: Buffer,
): Promise<boolean> {
  return new Promise((resolve) => {
    cryptoVerify(digestOf(alg), data, { key, ...formOf(alg) }, signature, (error, isRight) => {
      resolve(error === null && isRight);
    });
  });
}

function isElliptic(alg: SigningAlgorithm): alg is keyof typeof CURVES {
  return alg in CURVES;
}

function digestOf(alg: SigningAlgorithm): string | undefined {
  return alg === 'EdDSA' ? undefined : `sha${alg.slice(2)}`;
}

function formOf(alg: SigningAlgorithm): { dsaEncoding?: 'ieee-p1363'; padding?: number; saltLength?: number } {
  if (isElliptic(alg)) return { dsaEncoding: 'ieee-p1363' };
  if (!alg.startsWith('PS')) return {};
  return { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
}
