/**
 * Makes signatures. `LocalSigner` uses a key in this process. A signer for a KMS or HSM would know its key id and
 * algorithm, and `sign` would call it.
 */
import type { KeyObject } from 'node:crypto';
import { type SigningAlgorithm, signBytes } from './algorithms.js';

export interface Signer {
  readonly kid: string;
  readonly alg: SigningAlgorithm;
  /** The JWS signature of the bytes. */
  sign(data: Buffer): Promise<Buffer>;
}

/** Signs with a key in memory, in the thread pool of the process. */
export class LocalSigner implements Signer {
  constructor(
    readonly kid: string,
    readonly alg: SigningAlgorithm,
    private readonly key: KeyObject,
  ) {}

  sign(data: Buffer): Promise<Buffer> {
    return signBytes(this.alg, this.key, data);
  }
}
