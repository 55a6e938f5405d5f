import type { KeyObject } from 'node:crypto';
import type { JWK } from 'jose';
import { fitsAlgorithm, isSigningAlgorithm, type SigningAlgorithm, usualAlgorithm } from './algorithms.js';
import type { JsonWebKeyEntity } from './json-web-key.entity.js';
import { importPrivateKey, importPublicKey, isPrivate, publicPart } from './jwk.js';
import { LocalSigner, type Signer } from './signer.js';

/** A key of a set, opened. Keys are imported at the first use and then kept; one instance stands for one row. */
export class StoredKey {
  private imported: { key: KeyObject | undefined } | undefined;
  private ownSigner: { signer: Signer | undefined } | undefined;

  constructor(
    readonly row: JsonWebKeyEntity,
    /** Private members included. */
    readonly jwk: JWK,
  ) {}

  get kid(): string {
    return this.row.kid;
  }

  /** What its signatures are made with: what the key says, else the usual one of its type; undefined: it cannot sign. */
  get alg(): SigningAlgorithm | undefined {
    const key = this.publicKey;
    if (!key) return undefined;
    if (this.jwk.alg === undefined || this.jwk.alg === '') return usualAlgorithm(key);
    return isSigningAlgorithm(this.jwk.alg) && fitsAlgorithm(this.jwk.alg, key) ? this.jwk.alg : undefined;
  }

  /** Verifies; undefined for a symmetric key and for one that is for encryption. */
  get publicKey(): KeyObject | undefined {
    this.imported ??= { key: this.importPublic() };
    return this.imported.key;
  }

  /** Signs while the key is active and private; undefined where it must not or cannot. */
  get signer(): Signer | undefined {
    this.ownSigner ??= { signer: this.makeSigner() };
    return this.ownSigner.signer;
  }

  /** What is published: with `use` and `alg` even where the key came without. Undefined for a symmetric key. */
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
      return undefined; // a curve that this build of OpenSSL does not know
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
