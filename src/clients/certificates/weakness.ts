/** Keys and signatures of certificates that are too weak, or too costly to verify. */
import type { KeyObject } from 'node:crypto';
import { RsaSaPssParams } from '@peculiar/asn1-rsa';
import { AsnConvert } from '@peculiar/asn1-schema';
import type { AlgorithmIdentifier } from '@peculiar/asn1-x509';
import { findRsaFault } from '../../keys/rsa-bounds.js';

const CURVES = ['prime256v1', 'secp384r1', 'secp521r1'];
/** RFC 5754, RFC 5758, RFC 8410: SHA-2 and Edwards curves. MD5 and SHA-1 collide. */
const SIGNATURES = [
  ...['1.2.840.113549.1.1.11', '1.2.840.113549.1.1.12', '1.2.840.113549.1.1.13'], // RSA
  ...['1.2.840.10045.4.3.2', '1.2.840.10045.4.3.3', '1.2.840.10045.4.3.4'], // ECDSA
  ...['1.3.101.112', '1.3.101.113'],
];
const RSA_PSS = '1.2.840.113549.1.1.10';
const SHA2 = ['2.16.840.1.101.3.4.2.1', '2.16.840.1.101.3.4.2.2', '2.16.840.1.101.3.4.2.3'];

/** @param signature the algorithm with which the issuer signed */
export function findWeakness(key: KeyObject, signature: AlgorithmIdentifier): string | undefined {
  return findKeyWeakness(key) ?? (isStrong(signature) ? undefined : 'It is not signed with SHA-2 or an Edwards curve.');
}

export function findKeyWeakness(key: KeyObject): string | undefined {
  switch (key.asymmetricKeyType) {
    case 'rsa':
    case 'rsa-pss':
      return findRsaFault(key);
    case 'ec':
      return CURVES.includes(key.asymmetricKeyDetails?.namedCurve ?? '') ? undefined : 'Its curve is not of NIST.';
    case 'ed25519':
    case 'ed448':
      return undefined;
    default:
      return 'Its key cannot sign.';
  }
}

function isStrong({ algorithm, parameters }: AlgorithmIdentifier): boolean {
  if (algorithm !== RSA_PSS || !parameters) return SIGNATURES.includes(algorithm);
  return SHA2.includes(AsnConvert.parse(parameters, RsaSaPssParams).hashAlgorithm.algorithm);
}
