import type { DataSource } from 'typeorm';
import { sqlState } from '../sql-state.js';
import type { Sweep } from './walking-sweep.js';

export interface DeletionBounds {
  /** The row must have ended by then. */
  now: Date;
  /** The row must have been created or renewed before then. */
  before: Date;
  /** Maximum number of rows in all. */
  limit: number;
  /** Maximum number of rows per statement. */
  batchSize: number;
}

interface Slice {
  seen: number;
  lastSeen: string | null;
  chosen: number;
  lastChosen: string | null;
  gone: number;
}

/** How many rows one statement reads, so that none takes long in a large table in which few rows have ended. */
const LOOK = 10_000;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';
const UNDEFINED_TABLE = '42P01';

/**
 * Deletes ended rows in the order of their ids, which rise with time. Each statement deletes a limited number and commits
 * by itself, so that a running server does not wait. Returns the number of deleted rows.
 */
export async function deleteEnded(
  database: Pick<DataSource, 'query'>,
  sweep: Sweep,
  { now, before, limit, batchSize }: DeletionBounds,
): Promise<number> {
  const text = sliceSql(sweep);
  let [after, total]: [string | null, number] = [BEFORE_ALL, 0];
  while (after !== null && total < limit) {
    const most = Math.min(batchSize, limit - total);
    const slice = await runSlice(database, text, [after, most, now, before]);
    if (!slice) break;
    total += slice.gone;
    const atTheEnd = slice.seen < LOOK && slice.chosen < most;
    after = atTheEnd ? null : slice.chosen === most ? slice.lastChosen : slice.lastSeen;
  }
  return total;
}

/** Undefined where the table has just been dropped, as expired partitions are. */
async function runSlice(
  database: Pick<DataSource, 'query'>,
  text: string,
  values: unknown[],
): Promise<Slice | undefined> {
  try {
    return (await database.query<[Slice]>(text, values))[0];
  } catch (error) {
    if (sqlState(error) === UNDEFINED_TABLE) return undefined;
    throw error;
  }
}

/** $1 after this id, $2 how many, $3 now, $4 age. The condition is checked again when a row is deleted. */
function sliceSql({ table, ended, since, unneeded }: Sweep): string {
  const over = `${ended} and ${since} <= $4`;
  return `
with seen as materialized (
  select id, ${over} ${unneeded === undefined ? '' : `and ${unneeded}`} as over
  from ${table} it where id > $1 order by id limit ${String(LOOK)}
), chosen as materialized (
  select id from seen where over order by id limit $2
), gone as (
  delete from ${table} it using chosen where it.id = chosen.id and ${over} returning 1
)
select (select count(*)::integer from seen) as seen, (select id from seen order by id desc limit 1) as "lastSeen",
  (select count(*)::integer from chosen) as chosen, (select id from chosen order by id desc limit 1) as "lastChosen",
  (select count(*)::integer from gone) as gone`;
}
