/** The query of a table that is taken row by row. */
import type { Source } from './source/source.js';
import type { TableImport, Value } from './table-import.js';

/** The last column: where a run that was killed after this row goes on. */
export const PLACE = 'place of the row';

/**
 * With the parameters $1, the network, and $2, the place after which it goes on. Compared by bytes, so that the order does
 * not depend on the collation of the database.
 */
export function rowQuery({ name, from, columns, key }: TableImport<Record<string, Value>>, source: Source): string {
  const there = source.columnsOf(name);
  const expressions = Object.entries(columns).map(([column, { sql, orElse }]) => {
    const own = there?.has(column) ? `it.${column}` : (orElse ?? 'null');
    return `(${sql ?? own})::text as "${column}"`;
  });
  return `select ${expressions.join(', ')}, (${key}) as "${PLACE}" from ${from ?? name} it
where it.nid = $1 and (${key}) collate "C" > $2 order by (${key}) collate "C"`;
}
