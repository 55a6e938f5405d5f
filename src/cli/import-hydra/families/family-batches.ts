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

/** Takes rows as they are made. */
interface RowSink {
  add(row: NewRow): void;
}

export interface Conversion<Sink extends RowSink> {
  judge: TokenJudge;
  settings: FamilySettings;
  /** A batch ends with the family in which it has as many rows of the source. */
  batchRows: number;
  /** The rows of a batch. A family is given away as soon as it is complete, so that no more than one is kept. */
  sink: () => Sink;
}

type FamilyBatches<Sink> = AsyncGenerator<Omit<Batch, 'rows'> & { rows: Sink }>;

/** @param portions rows in the order of families */
export async function* familyBatches<Sink extends RowSink>(
  portions: AsyncIterable<readonly CopiedRow[]>,
  conversion: Conversion<Sink>,
): FamilyBatches<Sink> {
  let batch = new FamilyBatch(conversion);
  for await (const portion of portions) {
    for (const copied of portion) {
      const row = tokenRowOf(copied);
      if (batch.isFull && !batch.continues(row)) {
        yield batch.end();
        batch = new FamilyBatch(conversion);
      }
      batch.add(row);
    }
  }
  if (!batch.isEmpty) yield batch.end();
}

class FamilyBatch<Sink extends RowSink> {
  private rows = 0;
  private readonly sink: Sink;
  private readonly counts = { [ACCESS]: new TokenCounts(), [REFRESH]: new TokenCounts() };
  private family: Family | undefined;

  constructor(private readonly conversion: Conversion<Sink>) {
    this.sink = conversion.sink();
  }

  get isEmpty(): boolean {
    return this.rows === 0;
  }

  get isFull(): boolean {
    return this.rows >= this.conversion.batchRows;
  }

  continues(row: TokenRow): boolean {
    return row.request_id === this.family?.requestId;
  }

  add(row: TokenRow): void {
    if (!this.family || !this.continues(row)) {
      this.close();
      this.family = new Family(row.request_id);
    }
    this.family.add(row, this.conversion.judge, this.counts);
    this.rows++;
  }

  end(): Omit<Batch, 'rows'> & { rows: Sink } {
    this.close();
    const tallies = { [ACCESS]: this.counts[ACCESS].tally, [REFRESH]: this.counts[REFRESH].tally };
    return { rows: this.sink, tallies, place: this.family?.requestId ?? '' };
  }

  /** All rows of the family are there. */
  private close(): void {
    if (!this.family) return;
    this.family.count(this.counts);
    for (const row of familyRows(this.family, this.conversion.settings)) this.sink.add(row);
  }
}
