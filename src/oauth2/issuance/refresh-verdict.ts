import { equalBytes } from '../../crypto/digest.js';
import type { OpaqueToken } from '../../crypto/opaque-token.js';

/** What the row of a chain says of a presented refresh token. */
export type RefreshVerdict = 'spendable' | 'inactive' | 'expired' | 'foreign' | 'race' | 'replay';

export interface ChainState {
  generation: number;
  digest: Buffer;
  expires_at: Date | null;
  previous_used_at: Date | null;
  previous_uses: number;
  chain_revoked_at: Date | null;
  revoked_at: Date | null;
  client_key: string;
}

export interface Presented {
  token: OpaqueToken;
  clientKey: string;
  arrivedAt: Date;
  now: Date;
  grace: GracePeriod;
}

/** `oauth2.grant.refresh_token.rotation_grace_*`; period undefined: strict. */
export interface GracePeriod {
  /** Seconds. */
  period?: number;
  /** Uses in all, the first included; 0: any number. */
  uses: number;
}

/**
 * RFC 9700 §4.14.2. A token of an older generation that arrived after its first use was recorded is a replay; one that
 * had arrived by then lost a race. Another client's attempt is judged as foreign before that: it harms nothing.
 */
export function judgeRefresh(row: ChainState, presented: Presented): RefreshVerdict {
  const { token, arrivedAt } = presented;
  if (row.client_key !== presented.clientKey) return 'foreign';
  if (row.revoked_at || row.chain_revoked_at || row.generation < token.number) return 'inactive';
  if (row.generation === token.number) return judgeCurrent(row, presented);
  if (row.generation > token.number + 1 || !row.previous_used_at) return 'replay';
  if (withinGrace(row.previous_used_at, row.previous_uses, presented)) return 'spendable';
  return arrivedAt <= row.previous_used_at ? 'race' : 'replay';
}

function judgeCurrent(row: ChainState, { token, arrivedAt }: Presented): RefreshVerdict {
  if (!equalBytes(row.digest, token.digest)) return 'inactive';
  return row.expires_at && row.expires_at <= arrivedAt ? 'expired' : 'spendable';
}

function withinGrace(usedAt: Date, uses: number, { grace, now }: Presented): boolean {
  if (grace.period === undefined) return false;
  return now.getTime() < usedAt.getTime() + grace.period * 1000 && (grace.uses === 0 || uses < grace.uses);
}

/** A grace period of 0 is strict rotation; the reference caps it at 5 minutes, with a count of uses at 180 days. */
export function gracePeriod(configured: {
  rotation_grace_period: number;
  rotation_grace_reuse_count: number;
}): GracePeriod {
  const uses = configured.rotation_grace_reuse_count;
  const longest = uses > 0 ? 180 * 86_400 : 300;
  const period = Math.min(configured.rotation_grace_period, longest);
  return { period: period > 0 ? period : undefined, uses };
}
