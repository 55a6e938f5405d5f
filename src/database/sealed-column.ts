/**
 * Columns whose values are sealed under the system secrets, and how they are sealed anew under the first one while servers
 * write to them. Each is declared by the owner of its table.
 */
import type { DataSource } from 'typeorm';
import { reseal } from '../crypto/aead.js';

export interface SealedColumn {
  /** For people, a plural. */
  what: string;
  table: string;
  column: string;
  /** As it was sealed. */
  purpose: string;
  /** The primary key, in its order. */
  key: readonly (readonly [column: string, type: 'uuid' | 'text' | 'integer'])[];
}

export interface SealedRow {
  key: unknown[];
  /** Null where the row has none. */
  sealed: Buffer | null;
}

/** What became of the rows that were looked at. */
export interface Resealed {
  seen: number;
  resealed: number;
  /** Another process was changing them: to be looked at again. */
  missed: number;
  /** No listed secret opens them; they are left alone. */
  unopened: number;
}

type Database = Pick<DataSource, 'query'>;

const SLICE = 500;

/** The next rows in the order of the key. Less than a full slice is the last. */
export async function sealedRows(database: Database, sealed: SealedColumn, after?: SealedRow): Promise<SealedRow[]> {
  const columns = sealed.key.map(([column]) => column);
  const places = columns.map((_, index) => `$${index + 1}`);
  const where = after ? `where (${columns.join(', ')}) > (${places.join(', ')})` : '';
  const rows = await database.query<{ key: Record<string, unknown>; sealed: Buffer | null }[]>(
    `select jsonb_build_object(${columns.map((column) => `'${column}', ${column}`).join(', ')}) as key,
${sealed.column} as sealed from ${sealed.table} ${where} order by ${columns.join(', ')} limit ${SLICE}`,
    after?.key,
  );
  return rows.map((row) => ({ key: columns.map((column) => row.key[column]), sealed: row.sealed }));
}

/** Walks over the whole table once, a few rows a statement. @param progress is told the sum so far, now and then */
export async function resealColumn(
  database: Database,
  sealed: SealedColumn,
  secrets: readonly string[],
  progress: (sum: Resealed) => void = () => undefined,
): Promise<Resealed> {
  const sum: Resealed = { seen: 0, resealed: 0, missed: 0, unopened: 0 };
  let rows: SealedRow[] = [];
  do {
    rows = await sealedRows(database, sealed, rows.at(-1));
    await resealRows(database, sealed, { rows, secrets, sum });
    progress(sum);
  } while (rows.length === SLICE);
  return sum;
}

async function resealRows(
  database: Database,
  sealed: SealedColumn,
  { rows, secrets, sum }: { rows: readonly SealedRow[]; secrets: readonly string[]; sum: Resealed },
): Promise<void> {
  const changes: { key: unknown[]; before: Buffer; after: Buffer }[] = [];
  for (const { key, sealed: before } of rows) {
    const after = before && reseal(secrets, sealed.purpose, before);
    if (before && after === undefined) sum.unopened++;
    if (before && after && after !== before) changes.push({ key, before, after });
  }
  const done = changes.length > 0 ? await write(database, sealed, changes) : 0;
  sum.seen += rows.length;
  sum.resealed += done;
  sum.missed += changes.length - done;
}

/** Compare and set on the old bytes. A row that another process holds is passed over, so that nobody waits for anybody. */
async function write(
  database: Database,
  { table, column, key }: SealedColumn,
  changes: readonly { key: unknown[]; before: Buffer; after: Buffer }[],
): Promise<number> {
  const names = key.map(([name]) => name);
  const same = (left: string, right: string): string =>
    names.map((name) => `${left}.${name} = ${right}.${name}`).join(' and ');
  const arrays = [...key.map(([, type]) => type), 'bytea', 'bytea'].map((type, index) => `$${index + 1}::${type}[]`);
  const text = `
with given as (
  select * from unnest(${arrays.join(', ')}) as given (${names.join(', ')}, before, after)
), free as materialized (
  select ${names.map((name) => `it.${name}`).join(', ')} from ${table} it join given on ${same('it', 'given')}
  where it.${column} = given.before for no key update of it skip locked
), done as (
  update ${table} it set ${column} = given.after from given join free on ${same('free', 'given')}
  where ${same('it', 'given')} and it.${column} = given.before returning 1
)
select count(*)::integer as done from done`;
  const keys = names.map((_, index) => changes.map((change) => change.key[index]));
  const values = [...keys, changes.map(({ before }) => before), changes.map(({ after }) => after)];
  const [row] = await database.query<[{ done: number }]>(text, values);
  return row.done;
}
