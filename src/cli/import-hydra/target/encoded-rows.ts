/** Rows of several tables as COPY takes them: encoded as soon as they are made, so that only bytes are kept. */
import { CopyInput } from './copy-encoding.js';
import type { NewRow, TargetTable } from './target-tables.js';

/** The input of COPY for each table: plain data, which can be sent to another thread. */
export type EncodedTables = ReadonlyMap<TargetTable, Uint8Array<ArrayBuffer>>;

export class EncodedRows {
  private readonly inputs = new Map<TargetTable, CopyInput>();

  add({ table, values }: NewRow): void {
    let input = this.inputs.get(table);
    if (!input) this.inputs.set(table, (input = new CopyInput(table)));
    input.add(values);
  }

  end(): EncodedTables {
    return new Map([...this.inputs].map(([table, input]) => [table, input.end()]));
  }
}
