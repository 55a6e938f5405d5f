/** Counts or ends the live rows of a table in batches, along the primary key. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { sqlState } from '../../database/sql-state.js';
import type { Ending, Narrowing } from './endings.js';

interface Bounds {
  issuedBefore: Date;
  now: Date;
  only: Narrowing;
}

interface Portion {
  seen: number;
  last: string | null;
  ended: number;
}

type Database = Pick<DataSource, 'query'>;

/** How many rows one statement reads, and may lock while it writes. */
const PORTION = 1_000;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';
/** The partition was dropped meanwhile: its rows had expired. */
const UNDEFINED_TABLE = '42P01';
const DEADLOCK = '40P01';
const AGAIN_AFTER_MS = 200;

export async function countLiving(database: Database, ending: Ending, bounds: Bounds): Promise<number> {
  const { condition, values } = conditionOf(ending, bounds);
  // Not every condition uses the time: the cast gives the parameter its type.
  const text = `select count(*)::integer as count from ${ending.table} it where ${condition} and $2::timestamptz is not null`;
  const [row] = (await unlessDropped<{ count: number }>(database, text, values)) ?? [];
  return row?.count ?? 0;
}

/** Returns how many rows it ended. */
export async function endLiving(database: Database, ending: Ending, bounds: Bounds): Promise<number> {
  const { condition, values } = conditionOf(ending, bounds);
  const text = portionSql(ending, condition, values.length);
  let [after, total]: [string | null, number] = [BEFORE_ALL, 0];
  while (after !== null) {
    const portions: Portion[] = (await unlessDropped(database, text, [...values, after])) ?? [];
    const [portion] = portions;
    total += portion?.ended ?? 0;
    after = portion?.seen === PORTION ? portion.last : null;
  }
  return total;
}

function conditionOf(ending: Ending, { issuedBefore, now, only }: Bounds): { condition: string; values: unknown[] } {
  const values: unknown[] = [issuedBefore, now];
  const parts = [ending.living];
  if (only.clientKey !== undefined && ending.client !== undefined)
    parts.push(`${ending.client} = $${values.push(only.clientKey)}`);
  if (only.subject !== undefined) parts.push(`${ending.subject} = $${values.push(only.subject)}`);
  return { condition: parts.join(' and '), values };
}

/**
 * Rows are locked in the order of their ids, as in every other statement that ends several. The condition is checked
 * again once a row is locked.
 */
function portionSql({ table, mark, within = 'true' }: Ending, condition: string, values: number): string {
  const end =
    mark !== undefined
      ? `update ${table} it set ${mark} from chosen where ${within} and it.id = chosen.id returning 1`
      : `delete from ${table} it using chosen where it.id = chosen.id returning 1`;
  return `
with seen as materialized (
  select it.id from ${table} it where ${within} and it.id > $${values + 1} order by it.id limit ${PORTION}
), chosen as materialized (
  select it.id from ${table} it where ${within} and it.id in (select id from seen) and ${condition}
  order by it.id for ${mark !== undefined ? 'no key update' : 'update'} of it
), ended as (${end})
select (select count(*)::integer from seen) as seen, (select id from seen order by id desc limit 1) as last,
  (select count(*)::integer from ended) as ended`;
}

/** Undefined where the table is gone. A deadlock has rolled the statement back, so it runs again. */
async function unlessDropped<Row>(database: Database, text: string, values: unknown[]): Promise<Row[] | undefined> {
  for (;;) {
    try {
      return await database.query<Row[]>(text, values);
    } catch (error) {
      const state = sqlState(error);
      if (state === UNDEFINED_TABLE) return undefined;
      if (state !== DEADLOCK) throw error;
      await sleep(AGAIN_AFTER_MS);
    }
  }
}
