/**
 * How far the import is, in the database that it fills: `hydra_import` says that one has begun, and what was known then;
 * `hydra_import_table` has the place and the counts of each table of the source. Each is written in the transaction of the
 * rows that it counts.
 */
import type { EntityManager } from 'typeorm';
import type { Tally } from '../table-import.js';

type Database = Pick<EntityManager, 'query'>;

/** What is known when an import begins. */
export interface Beginning {
  network: string;
  sourceSchema: string;
  begunAt: Date;
  details: BeginningDetails;
}

export interface BeginningDetails {
  other_networks: string[];
  /** All rows of each table, of every network. */
  rows: Record<string, number>;
  /** Rows that each secret opened, in the order of the list. */
  opened: number[];
  /** Rows that no secret opened, and that are left out. */
  unreadable: number;
  /** Tells whether a list of secrets is the same one. */
  secrets: string[];
  /** Of the source as a whole. */
  warnings: string[];
  /** Of single rows, in the order in which they were read. */
  row_warnings: string[];
}

export interface Begun extends Beginning {
  finishedAt: Date | undefined;
}

/** What is known of a table of the source. */
export interface TableState extends Tally {
  place: string | undefined;
  finished: boolean;
}

export type TableStates = Record<string, TableState>;

interface ImportRow {
  network: string;
  source_schema: string;
  details: BeginningDetails;
  begun_at: Date;
  finished_at: Date | null;
}

interface TableRow {
  name: string;
  place: string | null;
  imported: string;
  adapted: Record<string, number>;
  left_out: Record<string, number>;
  live_until: string | null;
  finished: boolean;
}

/** Undefined where none has begun. */
export async function begunImport(database: Database): Promise<Begun | undefined> {
  const [row] = await database.query<ImportRow[]>(
    'select network, source_schema, details, begun_at, finished_at from hydra_import',
  );
  return (
    row && {
      network: row.network,
      sourceSchema: row.source_schema,
      details: row.details,
      begunAt: row.begun_at,
      finishedAt: row.finished_at ?? undefined,
    }
  );
}

export async function tableStates(database: Database): Promise<TableStates> {
  const rows = await database.query<TableRow[]>(
    'select name, place, imported, adapted, left_out, live_until::text, finished from hydra_import_table',
  );
  return Object.fromEntries(
    rows.map((row) => [
      row.name,
      {
        place: row.place ?? undefined,
        imported: Number(row.imported),
        adapted: row.adapted,
        leftOut: row.left_out,
        ...(row.live_until !== null && { liveUntil: momentOf(row.live_until) }),
        finished: row.finished,
      },
    ]),
  );
}

const momentOf = (text: string): Date | 'infinity' => (text === 'infinity' ? text : new Date(text));

export async function recordBeginning(
  database: Database,
  { network, sourceSchema, details, begunAt }: Beginning,
  states: TableStates,
): Promise<void> {
  await database.query('insert into hydra_import (network, source_schema, details, begun_at) values ($1, $2, $3, $4)', [
    network,
    sourceSchema,
    details,
    begunAt,
  ]);
  for (const [name, { leftOut }] of Object.entries(states))
    await database.query('insert into hydra_import_table (name, left_out) values ($1, $2)', [name, leftOut]);
}

/** Writes the new state over the old one. @throws where another process has gone on meanwhile */
export async function recordState(
  database: Database,
  name: string,
  { before, after }: { before: TableState; after: TableState },
): Promise<void> {
  const [, count] = await database.query<[unknown, number]>(
    `update hydra_import_table set place = $2, imported = $3, adapted = $4, left_out = $5, live_until = $6, finished = $7
where name = $1 and not finished and place is not distinct from $8 and imported = $9`,
    [
      name,
      after.place ?? null,
      after.imported,
      after.adapted,
      after.leftOut,
      after.liveUntil ?? null,
      after.finished,
      before.place ?? null,
      before.imported,
    ],
  );
  if (count !== 1) throw new Error(`another import has gone on with ${name} meanwhile`);
}

export async function recordRowWarnings(database: Database, warnings: readonly string[]): Promise<void> {
  if (warnings.length === 0) return;
  await database.query(
    `update hydra_import set details = jsonb_set(details, '{row_warnings}', details -> 'row_warnings' || $1::jsonb)`,
    [JSON.stringify(warnings)],
  );
}

export async function recordEnd(database: Database): Promise<void> {
  await database.query('update hydra_import set finished_at = now()');
}
