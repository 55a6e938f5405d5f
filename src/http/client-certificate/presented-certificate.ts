/** The certificate of a client, as its connection or a trusted proxy presented it (RFC 8705 §2). Nothing is verified yet. */
export interface PresentedCertificate {
  /** In DER. */
  readonly leaf: Buffer;
  /** The issuers that were sent with it, in DER and in the order in which they were sent. */
  readonly chain: readonly Buffer[];
}

/** The limit for one certificate. Usual ones have 1 to 2 KiB. */
const MAX_CERTIFICATE_BYTES = 16_384;
/** Usual chains have one or two issuers. */
const MAX_CHAIN = 8;

/**
 * Undefined where there is nothing, too much, or something that cannot be a certificate: each begins as a DER sequence whose
 * length is that of the whole (X.690 §8.1.3). What is in it, is read where it is verified.
 */
export function presentedCertificate([leaf, ...chain]: readonly Buffer[]): PresentedCertificate | undefined {
  if (!leaf || chain.length > MAX_CHAIN) return undefined;
  return [leaf, ...chain].every(isWhole) ? { leaf, chain } : undefined;
}

function isWhole(der: Buffer): boolean {
  return der.length <= MAX_CERTIFICATE_BYTES && sequenceLength(der) === der.length;
}

/** The number of bytes of the DER sequence at the beginning, its head included; undefined if there is none. */
export function sequenceLength(der: Buffer): number | undefined {
  if (der[0] !== 0x30 || der.length < 4) return undefined;
  const first = der.readUInt8(1);
  if (first === 0x82) return 4 + der.readUInt16BE(2);
  return first === 0x81 ? 3 + der.readUInt8(2) : undefined; // a shorter or longer one is no certificate
}
