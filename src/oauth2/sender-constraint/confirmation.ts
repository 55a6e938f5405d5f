import { equalBytes } from '../../crypto/digest.js';

/** The first stored byte: how the digest came about. */
const KINDS = { 'jwk thumbprint': 1, 'certificate digest': 2 } as const;

type ConfirmationKind = keyof typeof KINDS;

const DIGEST_BYTES = 32;

/**
 * The key that a token, a code or a refresh chain is bound to (RFC 7800 §3): the SHA-256 thumbprint of a JWK (RFC 9449 §6,
 * RFC 7638) or the SHA-256 digest of a certificate (RFC 8705 §3.1). Immutable. It is stored as 33 bytes.
 */
export class Confirmation {
  private constructor(readonly bytes: Buffer) {}

  /** @param thumbprint 32 bytes */
  static ofKey(thumbprint: Buffer): Confirmation {
    return Confirmation.of('jwk thumbprint', thumbprint);
  }

  /** @param digest 32 bytes, of the DER form */
  static ofCertificate(digest: Buffer): Confirmation {
    return Confirmation.of('certificate digest', digest);
  }

  /** Undefined for null: what is bound to nothing. @throws for bytes that this server never stored */
  static read(stored: Buffer | null): Confirmation | undefined {
    if (!stored) return undefined;
    const isKnown = stored.length === 1 + DIGEST_BYTES && Object.values<number>(KINDS).includes(stored[0] ?? 0);
    if (!isKnown) throw new Error('A stored confirmation is of an unknown kind: a newer release may have written it.');
    return new Confirmation(stored);
  }

  private static of(kind: ConfirmationKind, digest: Buffer): Confirmation {
    if (digest.length !== DIGEST_BYTES) throw new Error(`A confirmation is a digest of ${DIGEST_BYTES} bytes.`);
    return new Confirmation(Buffer.concat([Buffer.of(KINDS[kind]), digest]));
  }

  get kind(): ConfirmationKind {
    return this.bytes[0] === KINDS['jwk thumbprint'] ? 'jwk thumbprint' : 'certificate digest';
  }

  /** In constant time. */
  equals(other: Confirmation | undefined): boolean {
    return other !== undefined && equalBytes(this.bytes, other.bytes);
  }

  /** The claim `cnf` of JWTs and of introspection. */
  get claim(): Record<string, string> {
    const text = this.bytes.toString('base64url', 1);
    return this.kind === 'jwk thumbprint' ? { jkt: text } : { 'x5t#S256': text };
  }
}
