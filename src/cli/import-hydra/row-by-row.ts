/** Makes a stage of a table that is taken row by row. */
import { largeTableBatches } from './large-table.js';
import { PLACE, rowQuery } from './row-query.js';
import type { Source } from './source/source.js';
import {
  type Batch,
  type Column,
  type LargeTableImport,
  type Opener,
  type Outcome,
  type Proof,
  type Proving,
  type Stage,
  type TableImport,
  type Taking,
  type Value,
} from './table-import.js';
import { tallyOf } from './tally.js';
import type { NewRow } from './target/target-tables.js';

type Row = Record<string, Value>;

const PROVED_AT_ONCE = 1_000;

export function rowByRow(table: TableImport<Row>): Stage {
  const required = Object.entries(table.columns).filter(([, column]) => isRequired(column));
  return {
    tables: [{ name: table.name, required: required.map(([name]) => name) }],
    ...(table.sealed && { prove: (source, proving) => prove(table, source, proving) }),
    batches: (source, taking, after) =>
      isLarge(table) ? largeTableBatches(table, { source, taking }, after) : batches(table, { source, taking }, after),
  };
}

const isLarge = (table: TableImport<Row>): table is LargeTableImport<Row> => 'isLarge' in table;

const isRequired = ({ sql, orElse }: Column): boolean => sql === undefined && orElse === undefined;

async function* batches(
  table: TableImport<Row>,
  { source, taking }: { source: Source; taking: Taking },
  after: string | undefined,
): AsyncIterable<Batch> {
  const query = { sql: rowQuery(table, source), values: [source.network, after ?? ''], rows: taking.batchRows };
  for await (const rows of source.portions<Row>(query)) {
    const outcomes = rows.map((row) => table.convert(row, taking));
    const place = rows.at(-1)?.[PLACE] ?? '';
    yield { rows: outcomes.flatMap(rowsOf), tallies: { [table.name]: tallyOf(outcomes) }, place };
  }
}

const rowsOf = (outcome: Outcome): readonly NewRow[] => ('rows' in outcome ? outcome.rows : []);

/** Every value is tried, also those of rows that have expired: until it is open, nobody knows whether they have. */
async function prove(
  { name, sealed = [] }: TableImport<Row>,
  source: Source,
  { envelopes, progress }: Proving,
): Promise<Proof[]> {
  const columns = sealed.map((column) => `it.${column}::text as "${column}"`).join(', ');
  const query = { sql: `select ${columns} from ${name} it where it.nid = $1`, rows: PROVED_AT_ONCE };
  const proof = { table: name, rows: 0, unreadable: 0, opened: [] as number[] };
  for await (const rows of source.portions<Row>(query)) {
    for (const row of rows)
      tryRow(
        sealed.map((column) => row[column] ?? null),
        envelopes,
        proof,
      );
    progress(name, rows.length);
  }
  return [proof];
}

function tryRow(
  values: readonly Value[],
  envelopes: Opener,
  proof: { rows: number; unreadable: number; opened: number[] },
): void {
  proof.rows++;
  for (const value of values) {
    const opened = value === null ? undefined : envelopes.open(value);
    if (!opened) {
      proof.unreadable++;
      return;
    }
    if (opened.secret !== undefined) proof.opened[opened.secret] = (proof.opened[opened.secret] ?? 0) + 1;
  }
}
