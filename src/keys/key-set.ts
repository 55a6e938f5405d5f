import { misconfiguration, type OAuthError } from '../protocol/oauth-error.js';
import type { Signer } from './signer.js';
import type { StoredKey } from './stored-key.js';

/** A set as it was at one moment, newest key first. Immutable: as long as nothing changed it is the same object. */
export class KeySet {
  readonly signer: Signer | undefined;
  private readonly byKid: ReadonlyMap<string, StoredKey>;

  constructor(
    readonly id: string,
    readonly keys: readonly StoredKey[],
    /** Keys that no secret opens, by kid. They count as there: nothing is generated over them. */
    readonly unopened: readonly string[],
    /** What the newest active key says of itself, opened or not. */
    readonly newestAlgorithm: string | undefined,
  ) {
    this.signer = keys.find((key) => key.signer)?.signer;
    this.byKid = new Map(keys.map((key) => [key.kid, key]));
  }

  get isEmpty(): boolean {
    return this.keys.length === 0 && this.unopened.length === 0;
  }

  find(kid: string): StoredKey | undefined {
    return this.byKid.get(kid);
  }

  /** The fault of a set that cannot do what it is asked for, because secrets are missing. */
  get fault(): OAuthError {
    return misconfiguration(
      `The keys ${this.unopened.join(', ')} of the set ${this.id} open under none of secrets.system: put the secret under which they were made back into that list.`,
    );
  }
}
