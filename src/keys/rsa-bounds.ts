/**
 * Limits the sizes of RSA keys for verification. The owner of a key determines the cost of each verification: with an
 * exponent as long as the modulus it is about a thousand times the usual cost.
 */
import type { KeyObject } from 'node:crypto';

/** RFC 7518 §3.3: smaller keys must not be used. */
const MIN_RSA_BITS = 2048;
const MAX_RSA_BITS = 8192;
const MAX_EXPONENT = 2n ** 64n - 1n;

/** Describes the fault in the size of an RSA key to its owner; undefined if the size is acceptable. */
export function findRsaFault(key: KeyObject, leastBits = MIN_RSA_BITS): string | undefined {
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (modulusLength < leastBits) return `Its modulus has ${modulusLength} bits: it needs ${leastBits} at least.`;
  if (modulusLength > MAX_RSA_BITS) return `Its modulus has more than ${MAX_RSA_BITS} bits.`;
  // RFC 8017 §3.1: the exponent is odd and at least 3.
  if (publicExponent < 3n || publicExponent % 2n === 0n) return 'Its exponent must be an odd number from 3 on.';
  return publicExponent > MAX_EXPONENT ? 'Its exponent has more than 64 bits: 65537 is the usual one.' : undefined;
}
