/** What becomes of the rows of a table, in a batch. */
import { dateOf } from '../formats/moments.js';
import type { Tally } from '../table-import.js';

export class TokenCounts {
  private imported = 0;
  private readonly leftOut: Record<string, number> = {};
  /** Undefined until a credential is imported; null where one has no end. */
  private liveUntil: bigint | null | undefined;

  leaveOut(reason: string, rows = 1): void {
    this.leftOut[reason] = (this.leftOut[reason] ?? 0) + rows;
  }

  /** @param expiresAt undefined: never */
  take(expiresAt: bigint | undefined): void {
    this.imported++;
    if (expiresAt === undefined) this.liveUntil = null;
    else if (this.liveUntil === undefined || (this.liveUntil !== null && expiresAt > this.liveUntil))
      this.liveUntil = expiresAt;
  }

  /** Used tokens, which nobody can use any more. */
  takeSpent(rows: number): void {
    this.imported += rows;
  }

  get tally(): Tally {
    const { imported, leftOut, liveUntil } = this;
    if (liveUntil === undefined) return { imported, adapted: {}, leftOut };
    return { imported, adapted: {}, leftOut, liveUntil: liveUntil === null ? 'infinity' : dateOf(liveUntil) };
  }
}
