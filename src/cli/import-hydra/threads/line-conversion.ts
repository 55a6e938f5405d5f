/** Converts the lines of a table that is taken row by row. */
import { PLACE } from '../row-query.js';
import type { CopiedRow } from '../source/copy-rows.js';
import type { Batch, LargeTableImport, PlainTaking, Value } from '../table-import.js';
import { LARGE_TABLES } from '../tables/index.js';
import { tallyOf } from '../tally.js';
import { EncodedRows, type EncodedTables } from '../target/encoded-rows.js';

type Row = Record<string, Value>;

export interface LineSettings {
  /** The name of the table. */
  table: string;
  taking: PlainTaking;
}

export class LineConversion {
  private readonly table: LargeTableImport<Row>;
  private readonly names: readonly string[];

  constructor(private readonly settings: LineSettings) {
    const table = LARGE_TABLES.find(({ name }) => name === settings.table);
    if (!table) throw new Error(`${settings.table} is not a large table`);
    this.table = table;
    this.names = [...Object.keys(table.columns), PLACE];
  }

  convert(lines: Iterable<CopiedRow>): Omit<Batch, 'rows'> & { rows: EncodedTables } {
    const encoded = new EncodedRows();
    const outcomes = [];
    let place = '';
    for (const line of lines) {
      const row = this.rowOf(line);
      const outcome = this.table.convert(row, this.settings.taking);
      if ('rows' in outcome) for (const made of outcome.rows) encoded.add(made);
      outcomes.push(outcome);
      place = row[PLACE] ?? '';
    }
    return { rows: encoded.end(), tallies: { [this.table.name]: tallyOf(outcomes) }, place };
  }

  private rowOf(line: CopiedRow): Row {
    const row: Row = {};
    for (const [column, name] of this.names.entries()) row[name] = line[column] ?? null;
    return row;
  }
}
