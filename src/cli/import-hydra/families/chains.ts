/**
 * The refresh chains of a family. Each refresh token that can be used becomes the current token of a chain of its own, and each
 * used one within its grace period the previous token of one, whose current token nobody holds: Hydra, too, accepts it
 * whatever has become of its successor.
 */
import { keepUntil } from '../../../oauth2/issuance/refresh-verdict.js';
import { hydraTokenKey } from '../../../crypto/hydra-token.js';
import { uuidOf } from '../formats/ids.js';
import { dateOf } from '../formats/moments.js';
import { type Family, latestOf } from './family.js';
import type { AccessToken, HydraToken } from './judge-token.js';
import { compareTokens } from './newest.js';

/** The generation of every chain; that of its previous token; and that of tokens that were used before. */
export const CURRENT = 2;
export const PREVIOUS = 1;
export const SPENT = 0;

/** Of no token: no text has this hash. */
const NOBODYS = Buffer.alloc(32);

export interface Chain {
  id: string;
  digest: Buffer;
  issuedAt: bigint;
  expiresAt: bigint | undefined;
  keepUntil: Date | null;
  previousUsedAt?: bigint;
  previousUses?: number;
}

/** In the order of their worth: used tokens are known by the first. */
export function chainsOf(family: Family): Chain[] {
  const keep = { keepUntil: endOf(family) };
  const chains = [...longestLived(family.refresh).map(currentChain), ...family.graceful.map(previousChain)];
  const needsAnother = chains.length === 0 && family.spent.count > 0;
  return [...chains, ...(needsAnother ? [chainOfNobody(family)] : [])].map((chain) => ({ ...chain, ...keep }));
}

type NewChain = Omit<Chain, 'keepUntil'>;

function currentChain({ hash, issuedAt, expiresAt }: HydraToken): NewChain {
  const { id, digest } = hydraTokenKey(hash);
  return { id, digest, issuedAt, expiresAt };
}

/** It ends with the grace period. */
function previousChain({ hash, issuedAt, expiresAt, graceUntil, usedAt, uses }: Family['graceful'][number]): NewChain {
  const end = expiresAt !== undefined && expiresAt < graceUntil ? expiresAt : graceUntil;
  const previous = { previousUsedAt: usedAt, previousUses: uses };
  return { id: hydraTokenKey(hash).id, digest: NOBODYS, issuedAt, expiresAt: end, ...previous };
}

/** Only access tokens of the family live, and used refresh tokens are still known. */
function chainOfNobody(family: Family): NewChain {
  return { id: uuidOf(family.requestId), digest: NOBODYS, issuedAt: family.began, expiresAt: family.began };
}

/** When nothing of the family can be used any more. All its chains are kept until then, for reuse ends the whole family. */
function endOf({ access, refresh, graceful, began }: Family): Date | null {
  const refreshEnd = latestOf([...refresh, ...graceful].map(({ expiresAt }) => expiresAt));
  const accessEnd = latestOf(access.map(({ expiresAt }) => expiresAt)) ?? began;
  return keepUntil(refreshEnd === undefined ? undefined : dateOf(refreshEnd), dateOf(accessEnd));
}

function longestLived(tokens: readonly HydraToken[]): HydraToken[] {
  return [...tokens].sort(latestFirst);
}

function latestFirst(one: HydraToken, other: HydraToken): number {
  if (one.expiresAt !== other.expiresAt) {
    if (one.expiresAt === undefined || other.expiresAt === undefined) return one.expiresAt === undefined ? -1 : 1;
    return one.expiresAt > other.expiresAt ? -1 : 1;
  }
  return compareTokens(one, other);
}

/**
 * The chain of each access token, which a refresh of the chain ends: of the one that Hydra issued with it, or of the newest
 * where Hydra did not note that (before 2.3). Under strict rotation a refresh ends all access tokens of the family.
 */
export function chainOfEach(family: Family, isStrict: boolean): Map<AccessToken, string> {
  const chainOf = new Map<AccessToken, string>();
  const bySignature = new Map(family.access.map((token) => [token.row.signature, token]));
  const newestFirst = [...family.access].sort(compareTokens);
  for (const { row, hash } of [...family.refresh].sort(compareTokens)) {
    const named = row.access_token_signature;
    const token = named === null ? newestFirst.find((one) => !chainOf.has(one)) : bySignature.get(named);
    if (token) chainOf.set(token, hydraTokenKey(hash).id);
  }
  const [main] = longestLived(family.refresh);
  if (isStrict && main) {
    for (const token of family.access) if (!chainOf.has(token)) chainOf.set(token, hydraTokenKey(main.hash).id);
  }
  return chainOf;
}
