import type { KeyObject } from 'node:crypto';
import type { JWK } from 'jose';
import { fitsAlgorithm, isSigningAlgorithm, type SigningAlgorithm, usualAlgorithm } from './algorithms.js';
import { encryptionKindOf, type EncryptionKeyKind } from './encryption-algorithms.js';
import type { KeyPurpose } from './generate-jwk.js';
import type { JsonWebKeyEntity } from './json-web-key.entity.js';
import { importPrivateKey, importPublicKey, isPrivate, publicPart } from './jwk.js';
import { ENCRYPTION_KEY_SET } from '../protocol/constants.js';
import { LocalSigner, type Signer } from './signer.js';

/** A decrypted key of a set. It is imported at the first use and then cached; one instance represents one row. */
export class StoredKey {
  private imported: { key: KeyObject | undefined } | undefined;
  private ownDecryptionKey: { key: KeyObject | undefined } | undefined;
  private ownSigner: { signer: Signer | undefined } | undefined;

  constructor(
    readonly row: JsonWebKeyEntity,
    /** The JWK, with its private members. */
    readonly jwk: JWK,
  ) {}

  get kid(): string {
    return this.row.kid;
  }

  /** The algorithm of its signatures: its `alg`, else the usual one of its type; undefined if it cannot sign. */
  get alg(): SigningAlgorithm | undefined {
    const key = this.publicKey;
    if (!key) return undefined;
    if (this.jwk.alg === undefined || this.jwk.alg === '') return usualAlgorithm(key);
    return isSigningAlgorithm(this.jwk.alg) && fitsAlgorithm(this.jwk.alg, key) ? this.jwk.alg : undefined;
  }

  /** The key that verifies; undefined for a symmetric key and for an encryption key. */
  get publicKey(): KeyObject | undefined {
    this.imported ??= { key: this.importPublic() };
    return this.imported.key;
  }

  /** The signer of an active private key; undefined if the key must not or cannot sign. */
  get signer(): Signer | undefined {
    this.ownSigner ??= { signer: this.makeSigner() };
    return this.ownSigner.signer;
  }

  /**
   * The kind of a private key that others encrypt to, in any state; undefined for all others. Only one set of this server has
   * such keys.
   */
  get decrypts(): EncryptionKeyKind | undefined {
    const { jwk, row } = this;
    if (row.setId !== ENCRYPTION_KEY_SET || jwk.use !== 'enc' || !isPrivate(jwk)) return undefined;
    return encryptionKindOf(jwk);
  }

  /** The private key that decrypts; undefined where `decrypts` is. */
  get decryptionKey(): KeyObject | undefined {
    this.ownDecryptionKey ??= { key: this.decrypts && importPrivateKey(this.jwk) };
    return this.ownDecryptionKey.key;
  }

  /** What the key does now: it signs, or others are to encrypt to it. Undefined if it is not active. */
  get serves(): KeyPurpose | undefined {
    if (this.signer) return this.signer.alg;
    return this.row.state === 'active' ? this.decrypts : undefined;
  }

  /** The published part, with `use` and `alg` even if the stored key lacks them. Undefined for a symmetric key. */
  get publicJwk(): JWK | undefined {
    const jwk = publicPart(this.jwk);
    return (
      jwk && { ...jwk, kid: this.kid, use: jwk.use ?? 'sig', ...(this.alg ? { alg: this.jwk.alg || this.alg } : {}) }
    );
  }

  private importPublic(): KeyObject | undefined {
    if (this.jwk.use === 'enc' || !publicPart(this.jwk)) return undefined;
    try {
      return importPublicKey(this.jwk);
    } catch {
      return undefined; // this build of OpenSSL does not know the curve
    }
  }

  private makeSigner(): Signer | undefined {
    const { alg } = this;
    if (this.row.state !== 'active' || !alg || !isPrivate(this.jwk)) return undefined;
    try {
      return new LocalSigner(this.kid, alg, importPrivateKey(this.jwk));
    } catch {
      return undefined;
    }
  }
}
