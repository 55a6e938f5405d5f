import type { HydraToken } from './judge-token.js';

/** The newest first; of several of one moment always the same. */
export function compareTokens(one: HydraToken, other: HydraToken): number {
  if (one.issuedAt !== other.issuedAt) return one.issuedAt > other.issuedAt ? -1 : 1;
  return one.row.signature < other.row.signature ? -1 : 1;
}

export function newestOf<T extends HydraToken>(tokens: readonly T[]): T | undefined {
  return [...tokens].sort(compareTokens)[0];
}
