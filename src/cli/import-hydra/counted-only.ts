/** Makes a stage of a table of which nothing is imported: its rows are counted by the reason. */
import type { Source } from './source/source.js';
import type { Batch, Stage, TableLeftOut, Taking } from './table-import.js';

const ALL_AT_ONCE = 1_000;
const DONE = 'counted';

export function countedOnly(table: TableLeftOut): Stage {
  const { name, optional = false } = table;
  return {
    tables: [{ name, optional, required: ['nid'] }],
    batches: (source, taking, after) => batches(table, { source, taking }, after),
  };
}

async function* batches(
  { name, reason }: TableLeftOut,
  { source, taking }: { source: Source; taking: Taking },
  after: string | undefined,
): AsyncIterable<Batch> {
  if (after !== undefined || !source.columnsOf(name)) return;
  const query = {
    sql: `select reason, count(*) as rows from (
  select (${reason})::text as reason, $2::timestamptz from ${name} it where it.nid = $1) it group by reason order by reason`,
    values: [source.network, taking.now.toISOString()],
    rows: ALL_AT_ONCE,
  };
  const leftOut: Record<string, number> = {};
  for await (const rows of source.portions<{ reason: string; rows: string }>(query))
    for (const row of rows) leftOut[row.reason] = Number(row.rows);
  yield { rows: [], tallies: { [name]: { imported: 0, adapted: {}, leftOut } }, place: DONE };
}
