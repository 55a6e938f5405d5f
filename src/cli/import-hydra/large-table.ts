/** Makes the batches of a large table: its rows come by COPY, and are converted by other threads. */
import type pg from 'pg';
import { rowQuery } from './row-query.js';
import { copyLines } from './source/copy-lines.js';
import { lineChunks } from './source/line-chunks.js';
import type { Source } from './source/source.js';
import type { Batch, LargeTableImport, Taking, Value } from './table-import.js';
import { resultsOf } from './threads/threads.js';

/**
 * Settings of the transaction. A sort of a million narrow rows stays in memory; compiling the query would take longer than
 * it saves. A database that may use more keeps that.
 */
const SETTINGS = `set local jit = off;
select set_config('work_mem', '32MB', true) where pg_size_bytes(current_setting('work_mem')) < pg_size_bytes('32MB')`;

export async function* largeTableBatches(
  table: LargeTableImport<Record<string, Value>>,
  { source, taking }: { source: Source; taking: Taking },
  after: string | undefined,
): AsyncGenerator<Batch> {
  const client = await source.connect();
  await client.query(SETTINGS);
  const query = withLiterals(rowQuery(table, source), [source.network, after ?? ''], client);
  const { now, clientKeys, threads, batchRows } = taking;
  const { system } = taking.configuration.secrets;
  yield* resultsOf(lineChunks(copyLines(client, query), { lines: batchRows, together: false }), {
    task: 'convertRows',
    settings: { table: table.name, taking: { now, clientKeys, configuration: { secrets: { system } } } },
    threads,
  });
}

/** COPY knows no parameters. */
function withLiterals(sql: string, values: readonly string[], client: pg.ClientBase): string {
  return sql.replace(/\$(\d)/g, (_, place: string) => client.escapeLiteral(values[Number(place) - 1] ?? ''));
}
