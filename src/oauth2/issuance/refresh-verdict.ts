import { equalBytes } from '../../crypto/digest.js';
import type { OpaqueToken } from '../../crypto/opaque-token.js';
import { Confirmation } from '../sender-constraint/confirmation.js';

/** A chain is kept for a day after its end, so that a late use is distinguished from an unknown token. */
const KEEP_MS = 86_400_000;

/**
 * The verdict on a presented refresh token. `used`: it was used and may not be used again. `unproven`: the request proves no
 * possession of the key that the chain is bound to.
 */
export type RefreshVerdict = 'spendable' | 'inactive' | 'expired' | 'foreign' | 'unproven' | 'used';

export interface ChainState {
  generation: number;
  digest: Buffer;
  expires_at: Date | null;
  previous_used_at: Date | null;
  previous_uses: number;
  chain_revoked_at: Date | null;
  revoked_at: Date | null;
  client_key: string;
  /** The time at which the row was read, by the same clock as `previous_used_at`. */
  judged_at: Date;
  /** The stored confirmation of the chain. */
  cnf: Buffer | null;
}

export interface Presented {
  token: OpaqueToken;
  clientKey: string;
  arrivedAt: Date;
  grace: GracePeriod;
  confirmation?: Confirmation;
}

/** `oauth2.grant.refresh_token.rotation_grace_*`. An undefined period means strict rotation. */
interface GracePeriod {
  /** The period in seconds. */
  period?: number;
  /** The total number of uses, including the first; 0 for any number. */
  uses: number;
}

/**
 * RFC 9700 §4.14.2. An attempt of another client is foreign before all else, and one without the key of the chain is
 * unproven (RFC 9449 §5), so that neither can revoke the grant.
 */
export function judgeRefresh(row: ChainState, presented: Presented): RefreshVerdict {
  const { token } = presented;
  if (row.client_key !== presented.clientKey) return 'foreign';
  const bound = Confirmation.read(row.cnf);
  if (bound && !bound.equals(presented.confirmation)) return 'unproven';
  if (row.revoked_at || row.chain_revoked_at || row.generation < token.number) return 'inactive';
  if (row.generation === token.number) return judgeCurrent(row, presented);
  return usedAt(row, token) && withinGrace(row, presented.grace) ? 'spendable' : 'used';
}

/** The first use of the token, by the clock of the database; null if the row no longer contains it. */
export function usedAt(row: ChainState, token: OpaqueToken): Date | null {
  return row.generation === token.number + 1 ? row.previous_used_at : null;
}

function judgeCurrent(row: ChainState, { token, arrivedAt }: Presented): RefreshVerdict {
  if (!equalBytes(row.digest, token.digest)) return 'inactive';
  return row.expires_at && row.expires_at <= arrivedAt ? 'expired' : 'spendable';
}

function withinGrace(
  { previous_used_at: used, previous_uses: uses, judged_at: at }: ChainState,
  grace: GracePeriod,
): boolean {
  if (grace.period === undefined || !used) return false;
  return at.getTime() < used.getTime() + grace.period * 1000 && (grace.uses === 0 || uses < grace.uses);
}

/** A grace period of 0 is strict rotation. Hydra caps it at 5 minutes, or at 180 days with a count of uses. */
export function gracePeriod(configured: {
  rotation_grace_period: number;
  rotation_grace_reuse_count: number;
}): GracePeriod {
  const uses = configured.rotation_grace_reuse_count;
  const longest = uses > 0 ? 180 * 86_400 : 300;
  const period = Math.min(configured.rotation_grace_period, longest);
  return { period: period > 0 ? period : undefined, uses };
}

/** The time from which a chain and its tokens can be deleted; null for never. */
export function keepUntil(refreshExpiry: Date | undefined, accessExpiry: Date): Date | null {
  return refreshExpiry ? new Date(Math.max(refreshExpiry.getTime(), accessExpiry.getTime()) + KEEP_MS) : null;
}
