/**
 * Finds the keys that a set must have and lacks. The set that signs ID tokens always has an RS256 key: every client may
 * ask for that algorithm, and it is the default (OpenID Connect Core §15.1, Discovery §3).
 */
import { ENCRYPTION_KEY_SET, ID_TOKEN_KEY_SET } from '../protocol/constants.js';
import type { SigningAlgorithm } from './algorithms.js';
import type { KeyPurpose } from './generate-jwk.js';
import type { KeySet } from './key-set.js';

const EVERYBODYS: SigningAlgorithm = 'RS256';

/** The set that others encrypt to has a key of each kind. */
const ENCRYPTION_PURPOSES: readonly KeyPurpose[] = ['RSA', 'EC'];

/** Whether the set has a signing key, and one for the requested algorithm. This is checked for each signature. */
export function isComplete(set: KeySet, asked: SigningAlgorithm | undefined): boolean {
  if (!set.signer || (asked !== undefined && !set.signerOf(asked))) return false;
  return set.id !== ID_TOKEN_KEY_SET || set.signerOf(EVERYBODYS) !== undefined;
}

/** What keys are to be added for, in their order; in an empty set the `usual` one signs. Empty if a secret is missing. */
export function missingAlgorithms(
  set: KeySet,
  { asked, usual }: { asked: SigningAlgorithm | undefined; usual: SigningAlgorithm },
): KeyPurpose[] {
  if (set.isLocked) return [];
  if (set.id === ENCRYPTION_KEY_SET) return missingEncryptionKeys(set);
  const wanted = [set.id === ID_TOKEN_KEY_SET ? EVERYBODYS : undefined, asked, set.signer ? undefined : usual];
  const missing = wanted.filter((alg) => alg !== undefined && !set.signerOf(alg)) as SigningAlgorithm[];
  return missing.filter((alg, i) => !missing.includes(alg, i + 1));
}

/** The kinds of which the set has no key that others may encrypt to. */
export function missingEncryptionKeys(set: KeySet): KeyPurpose[] {
  return ENCRYPTION_PURPOSES.filter((kind) => !set.keys.some((key) => key.serves === kind));
}

/**
 * The keys that must stay newer than a key that is added for its algorithm alone, oldest first: the signing key and all
 * newer ones; without a signing key, the keys in state `next`.
 */
export function keptAbove({ keys, signer }: KeySet): string[] {
  const at = keys.findIndex((key) => key.signer === signer);
  const above = signer ? keys.slice(0, at + 1) : keys.filter((key) => key.row.state === 'next');
  return above.map((key) => key.kid).toReversed();
}
