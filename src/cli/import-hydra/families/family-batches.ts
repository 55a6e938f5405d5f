/** Families in batches. A family is written whole, and its name is the place where a killed run goes on. */
import type { CopiedRow } from '../source/copy-rows.js';
import type { Batch } from '../table-import.js';
import type { NewRow } from '../target/target-tables.js';
import { Family } from './family.js';
import { tokenRowOf } from './family-query.js';
import { familyRows, type FamilySettings } from './family-rows.js';
import type { TokenJudge } from './judge-token.js';
import { TokenCounts } from './token-counts.js';
import { ACCESS, REFRESH, type TokenRow } from './token-row.js';

export interface Conversion {
  judge: TokenJudge;
  settings: FamilySettings;
  /** A batch ends with the family in which it has as many rows of the source. */
  batchRows: number;
}

/** @param portions rows in the order of families */
export async function* familyBatches(
  portions: AsyncIterable<readonly CopiedRow[]>,
  { judge, settings, batchRows }: Conversion,
): AsyncGenerator<Batch> {
  let batch = new FamilyBatch(judge);
  for await (const portion of portions) {
    for (const copied of portion) {
      const row = tokenRowOf(copied);
      if (batch.rows >= batchRows && !batch.continues(row)) {
        yield batch.end(settings);
        batch = new FamilyBatch(judge);
      }
      batch.add(row);
    }
  }
  if (batch.rows > 0) yield batch.end(settings);
}

class FamilyBatch {
  /** Rows of the source. */
  rows = 0;
  private readonly families: Family[] = [];
  private readonly counts = { [ACCESS]: new TokenCounts(), [REFRESH]: new TokenCounts() };
  private last = new Family('');

  constructor(private readonly judge: TokenJudge) {}

  continues(row: TokenRow): boolean {
    return row.request_id === this.last.requestId;
  }

  add(row: TokenRow): void {
    if (this.rows === 0 || !this.continues(row)) {
      this.last.count(this.counts);
      this.last = new Family(row.request_id);
      this.families.push(this.last);
    }
    this.last.add(row, this.judge, this.counts);
    this.rows++;
  }

  end(settings: FamilySettings): Batch {
    this.last.count(this.counts);
    const tallies = { [ACCESS]: this.counts[ACCESS].tally, [REFRESH]: this.counts[REFRESH].tally };
    return { rows: rowsOf(this.families, settings), tallies, place: this.last.requestId };
  }
}

/** Made while they are written: a family may have a hundred thousand used tokens. */
function* rowsOf(families: readonly Family[], settings: FamilySettings): Generator<NewRow> {
  for (const family of families) yield* familyRows(family, settings);
}
