/**
 * The signature algorithms of JSON Web Algorithms (RFC 7518 §3.1, RFC 8037 §3.1) that keys here may have, and what each
 * asks of its key. Symmetric ones are missing on purpose: a shared secret cannot be published.
 */
import { constants, type KeyObject, sign as cryptoSign, verify as cryptoVerify } from 'node:crypto';

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

/** RFC 7518 §3.3: smaller RSA keys must not be used. */
const MIN_RSA_BITS = 2048;

/** Curve of each ES algorithm (RFC 7518 §3.4): its JWK name and the one that OpenSSL gives it. */
export const CURVES = {
  ES256: { jwk: 'P-256', openssl: 'prime256v1' },
  ES384: { jwk: 'P-384', openssl: 'secp384r1' },
  ES512: { jwk: 'P-521', openssl: 'secp521r1' },
} as const;

export function isSigningAlgorithm(alg: unknown): alg is SigningAlgorithm {
  return (SIGNING_ALGORITHMS as readonly unknown[]).includes(alg);
}

/** Whether the key is of the type, curve and size that the algorithm demands. */
export function fitsAlgorithm(alg: SigningAlgorithm, key: KeyObject): boolean {
  if (alg === 'EdDSA') return key.asymmetricKeyType === 'ed25519';
  if (isElliptic(alg)) {
    return key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === CURVES[alg].openssl;
  }
  return key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= MIN_RSA_BITS;
}

/** The algorithm of a key that names none: the usual one of its type; undefined where it cannot sign. */
export function usualAlgorithm(key: KeyObject): SigningAlgorithm | undefined {
  return (['RS256', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const).find((alg) => fitsAlgorithm(alg, key));
}

/** Signs in the thread pool. The signature has the form of JWS (RFC 7515 §3; of ES algorithms R and S side by side). */
export function signBytes(alg: SigningAlgorithm, key: KeyObject, data: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    cryptoSign(digestOf(alg), data, { key, ...formOf(alg) }, (error, signature) => {
      if (error) reject(error);
      else resolve(signature);
    });
  });
}

export function verifyBytes(alg: SigningAlgorithm, key: KeyObject, data: Buffer, signature: Buffer): boolean {
  const { modulusLength } = key.asymmetricKeyDetails ?? {};
  // RFC 8017 §8.1.2 step 1: OpenSSL takes a PSS signature without its leading zeros for the same.
  if (modulusLength !== undefined && signature.length !== Math.ceil(modulusLength / 8)) return false;
  return cryptoVerify(digestOf(alg), data, { key, ...formOf(alg) }, signature);
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
