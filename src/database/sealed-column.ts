/**
 * Columns whose values are encrypted under the system secrets, each for its own row, and their re-encryption under the
 * first secret while servers write to them. Each is declared by the owner of its table.
 */
import type { DataSource } from 'typeorm';
import type { Configuration } from '../config/configuration.js';
import { open, reseal, type SealedPlace, type Unbound } from '../crypto/aead.js';

export interface SealedColumn {
  /** The plural name in messages. */
  what: string;
  table: string;
  column: string;
  /** The stored, encrypted value. */
  purpose: string;
  /** The primary key, in its column order. */
  key: readonly (readonly [column: string, type: 'uuid' | 'text' | 'integer'])[];
}

/** The secrets that decrypt values, and whether values of earlier versions, not bound to their row, are accepted. */
export type OpeningSecrets = Pick<Configuration['secrets'], 'system' | 'accept_unbound'>;

/** The place to which the value in the row of this key is bound. */
export function placeOf({ purpose, table, column }: SealedColumn, ...key: readonly unknown[]): SealedPlace {
  return { purpose, at: [table, column, ...key].join('\u0000') };
}

/** Undefined where no listed secret decrypts the value, or it was encrypted for another place. */
export function openColumn(secrets: OpeningSecrets, place: SealedPlace, sealed: Buffer): Buffer | undefined {
  return open(secrets.system, place, sealed, unboundOf(secrets));
}

export const unboundOf = ({ accept_unbound }: Pick<OpeningSecrets, 'accept_unbound'>): Unbound =>
  accept_unbound ? 'accept' : 'refuse';

export interface SealedRow {
  key: unknown[];
  /** Null where the row has no value. */
  sealed: Buffer | null;
}

/** The outcome for the rows that were read. */
export interface Resealed {
  seen: number;
  resealed: number;
  /** Another process was changing them: they need another visit. */
  missed: number;
  /** No listed secret decrypts them there; they are left as they are. */
  unopened: number;
}

type Database = Pick<DataSource, 'query'>;

const SLICE = 500;

/** The next rows in the order of the key. A slice that is not full is the last. */
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

/** Walks over the whole table once, a few rows per statement. @param progress is called with the sum so far, from time to time */
export async function resealColumn(
  database: Database,
  sealed: SealedColumn,
  secrets: OpeningSecrets,
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
  { rows, secrets, sum }: { rows: readonly SealedRow[]; secrets: OpeningSecrets; sum: Resealed },
): Promise<void> {
  const changes: { key: unknown[]; before: Buffer; after: Buffer }[] = [];
  for (const { key, sealed: before } of rows) {
    const after = before && resealedValue(sealed, { key, sealed: before }, secrets);
    if (before && after === undefined) sum.unopened++;
    if (before && after && after !== before) changes.push({ key, before, after });
  }
  const done = changes.length > 0 ? await write(database, sealed, changes) : 0;
  sum.seen += rows.length;
  sum.resealed += done;
  sum.missed += changes.length - done;
}

/** The value as it should be: the same bytes where it is so already, undefined where it cannot be decrypted. */
export function resealedValue(
  column: SealedColumn,
  { key, sealed }: { key: readonly unknown[]; sealed: Buffer },
  secrets: OpeningSecrets,
): Buffer | undefined {
  return reseal(secrets.system, placeOf(column, ...key), sealed, unboundOf(secrets));
}

/** Compare and set on the old bytes. A row that another process has locked is skipped, so that neither waits. */
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
