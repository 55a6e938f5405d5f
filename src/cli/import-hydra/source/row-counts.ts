/** How many rows each table of Hydra holds. */
import { escapeIdentifier } from 'pg';
import type { OpenSource } from './open-source.js';

export interface RowCount {
  table: string;
  /** Of all networks. */
  rows: number;
  ofOtherNetworks: number;
}

export async function rowCounts(source: OpenSource): Promise<RowCount[]> {
  const counts: RowCount[] = [];
  for (const table of source.hydraTables()) {
    const others = source.columnsOf(table)?.has('nid') ? '(count(*) filter (where nid <> $1))' : '0 * count($1::uuid)';
    const [row] = await source.rows<{ rows: string; others: string }>(
      `select count(*) as rows, ${others} as others from ${escapeIdentifier(table)}`,
      [source.network],
    );
    counts.push({ table, rows: Number(row?.rows), ofOtherNetworks: Number(row?.others) });
  }
  return counts;
}
