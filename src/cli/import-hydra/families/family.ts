/** The tokens of one authorization (`request_id`) as they are read. */
import { columnMoment } from '../formats/moments.js';
import { REASONS } from '../table-import.js';
import type { AccessToken, GracefulToken, HydraToken, TokenJudge } from './judge-token.js';
import { PackedHashes } from './packed-hashes.js';
import type { TokenCounts } from './token-counts.js';
import { ACCESS, REFRESH, type TokenRow, type TokenTable } from './token-row.js';

export type CountsOfTables = Readonly<Record<TokenTable, TokenCounts>>;

export class Family {
  readonly access: AccessToken[] = [];
  readonly refresh: HydraToken[] = [];
  readonly graceful: GracefulToken[] = [];
  /** Refresh tokens that were used and may not be used again. */
  readonly spent = new PackedHashes();
  /** Whether there is, or was, a refresh token. */
  hasRefreshTokens = false;
  private firstRequest: string | null = null;

  constructor(readonly requestId: string) {}

  add(row: TokenRow, judge: TokenJudge, counts: CountsOfTables): void {
    if (row.table === REFRESH) this.hasRefreshTokens = true;
    if (this.firstRequest === null || row.requested_at < this.firstRequest) this.firstRequest = row.requested_at;
    const judged = judge.judge(row);
    if (judged.state === 'access') this.access.push(judged.token);
    else if (judged.state === 'refresh') this.refresh.push(judged.token);
    else if (judged.state === 'graceful') this.graceful.push(judged.token);
    else if (judged.state === 'spent') this.spent.add(judged.hash);
    else counts[row.table].leaveOut(judged.reason);
  }

  /** Counts what is imported, once all rows are there: only then is it known whether the family lives. */
  count(counts: CountsOfTables): void {
    for (const { expiresAt } of this.access) counts[ACCESS].take(expiresAt);
    for (const { expiresAt } of this.refresh) counts[REFRESH].take(expiresAt);
    for (const { expiresAt } of this.graceful) counts[REFRESH].take(expiresAt);
    if (this.spent.count === 0) return;
    if (this.isAlive) counts[REFRESH].takeSpent(this.spent.count);
    else counts[REFRESH].leaveOut(REASONS.spentAndEnded, this.spent.count);
  }

  /** Whether any of its tokens can be used. */
  get isAlive(): boolean {
    return this.access.length + this.refresh.length + this.graceful.length > 0;
  }

  /** When the first of its tokens was issued. The texts of the column are in the order of time, to the second. */
  get began(): bigint {
    return columnMoment(this.firstRequest) ?? 0n;
  }
}

/** Undefined, which is never, is later than all. Of no expiry at all: 1970. */
export function latestOf(expiries: readonly (bigint | undefined)[]): bigint | undefined {
  let latest = 0n;
  for (const expiry of expiries) {
    if (expiry === undefined) return undefined;
    if (expiry > latest) latest = expiry;
  }
  return latest;
}
