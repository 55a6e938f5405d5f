/** A batch of whole families: read row by row, and turned into rows of this server. */
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
  /** A family is given away as soon as it is complete, so that no more than one is kept. */
  add: (row: NewRow) => void;
}

/** @param rows of whole families, those of a family beside each other */
export function convertFamilies(rows: Iterable<CopiedRow>, conversion: Conversion): Omit<Batch, 'rows'> {
  const batch = new FamilyBatch(conversion);
  for (const copied of rows) batch.add(tokenRowOf(copied));
  return batch.end();
}

class FamilyBatch {
  private readonly counts = { [ACCESS]: new TokenCounts(), [REFRESH]: new TokenCounts() };
  private family: Family | undefined;

  constructor(private readonly conversion: Conversion) {}

  add(row: TokenRow): void {
    if (row.request_id !== this.family?.requestId) {
      this.close();
      this.family = new Family(row.request_id);
    }
    this.family.add(row, this.conversion.judge, this.counts);
  }

  end(): Omit<Batch, 'rows'> {
    this.close();
    const tallies = { [ACCESS]: this.counts[ACCESS].tally, [REFRESH]: this.counts[REFRESH].tally };
    return { tallies, place: this.family?.requestId ?? '' };
  }

  /** All rows of the family are there. */
  private close(): void {
    if (!this.family) return;
    this.family.count(this.counts);
    for (const row of familyRows(this.family, this.conversion.settings)) this.conversion.add(row);
  }
}
