/** Rows of several tables as COPY takes them: encoded as soon as they are made, so that only bytes are kept. */
import { CopyInput } from './copy-encoding.js';
import type { NewRow, TargetTable } from './target-tables.js';

export class EncodedRows {
  readonly inputs = new Map<TargetTable, CopyInput>();
  /** The buckets of use marks, whose partitions must be there. */
  readonly buckets = new Set<number>();

  static of(rows: Iterable<NewRow>): EncodedRows {
    const encoded = new EncodedRows();
    for (const row of rows) encoded.add(row);
    return encoded;
  }

  add({ table, values }: NewRow): void {
    let input = this.inputs.get(table);
    if (!input) this.inputs.set(table, (input = new CopyInput(table)));
    input.add(values);
    if (table === 'use_mark' && typeof values.bucket === 'number') this.buckets.add(values.bucket);
  }
}
