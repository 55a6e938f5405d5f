import { misconfiguration, type OAuthError } from '../protocol/oauth-error.js';
import type { SigningAlgorithm } from './algorithms.js';
import type { JsonWebKeyEntity } from './json-web-key.entity.js';
import type { Signer } from './signer.js';
import type { StoredKey } from './stored-key.js';

/** An immutable snapshot of a set, newest key first. The object stays the same as long as the set does not change. */
export class KeySet {
  /** The newest active key of any algorithm. It signs if the caller names no algorithm. */
  readonly signer: Signer | undefined;
  /** The newest active key of each algorithm. */
  private readonly signers: ReadonlyMap<SigningAlgorithm, Signer>;
  /** The signature algorithms of the set, that of `signer` first. Keys that no secret decrypts count. */
  readonly algorithms: readonly string[];
  private readonly byKid: ReadonlyMap<string, StoredKey>;

  constructor(
    readonly id: string,
    readonly keys: readonly StoredKey[],
    /** Rows that no secret decrypts. They count as existing: no new key is generated in their place. */
    private readonly unopenedRows: readonly JsonWebKeyEntity[],
  ) {
    const signers = keys.flatMap((key) => key.signer ?? []);
    this.signer = signers[0];
    this.signers = new Map(signers.toReversed().map((signer) => [signer.alg, signer]));
    const unopened = unopenedRows.filter((row) => row.state === 'active').map((row) => row.alg);
    this.algorithms = [...new Set([...signers.map((signer) => signer.alg), ...unopened])].filter((alg) => alg !== '');
    this.byKid = new Map(keys.map((key) => [key.kid, key]));
  }

  get isEmpty(): boolean {
    return this.keys.length === 0 && this.unopenedRows.length === 0;
  }

  /** The kids of keys that no secret decrypts. */
  get unopened(): readonly string[] {
    return this.unopenedRows.map((row) => row.kid);
  }

  /** Whether the set has keys that no secret decrypts. */
  get isLocked(): boolean {
    return this.unopenedRows.length > 0;
  }

  find(kid: string): StoredKey | undefined {
    return this.byKid.get(kid);
  }

  signerOf(alg: SigningAlgorithm): Signer | undefined {
    return this.signers.get(alg);
  }

  /** Whether an undecryptable key would have to sign: no usable key of its algorithm is newer. */
  get cannotSign(): boolean {
    return this.unopenedRows.some((row) => row.state === 'active' && !this.isReplaced(row));
  }

  /** The error for a set that cannot sign because secrets are missing. */
  get fault(): OAuthError {
    return misconfiguration(
      `The keys ${this.unopened.join(', ')} of the set ${this.id} open under none of secrets.system: put the secret under which they were made back into that list.`,
    );
  }

  private isReplaced({ alg, seq }: JsonWebKeyEntity): boolean {
    return this.keys.some(
      ({ signer, row }) => signer && (alg === '' || signer.alg === alg) && BigInt(row.seq) > BigInt(seq),
    );
  }
}
