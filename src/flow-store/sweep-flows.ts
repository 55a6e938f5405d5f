import type { DataSource } from 'typeorm';
import { KEEP_AFTER_EXPIRY_MS } from './flows.js';
import { SWEEP_FLOWS } from './flow.statements.js';

type Database = Pick<DataSource, 'query'>;

/** For a command outside of the server: deletes at most `limit` flows that ended before `endedBefore` and are not kept. */
export async function sweepFlows(
  database: Database,
  { now, endedBefore, limit }: { now: Date; endedBefore: Date; limit: number },
): Promise<number> {
  return sweep(database, new Date(Math.min(now.getTime(), endedBefore.getTime() + KEEP_AFTER_EXPIRY_MS)), limit);
}

/** The table has no begin of a flow, only the end of its lifetime: the begin is estimated from the longest lifetime. */
interface Begun {
  begunBefore: Date;
  longestLifeMs: number;
}

/** For a command outside of the server: deletes at most `limit` flows that may have begun by then, unfinished ones too. */
export function sweepFlowsBegunBefore(
  database: Database,
  { limit, ...begun }: Begun & { limit: number },
): Promise<number> {
  return sweep(database, keptUntil(begun), limit);
}

/** The number of flows that may have begun by then. */
export async function flowsBegunBefore(database: Database, begun: Begun): Promise<number> {
  const [row] = await database.query<[{ count: number }]>(
    'select count(*)::integer as count from flow where keep_until <= $1',
    [keptUntil(begun)],
  );
  return row.count;
}

const keptUntil = ({ begunBefore, longestLifeMs }: Begun): Date =>
  new Date(begunBefore.getTime() + longestLifeMs + KEEP_AFTER_EXPIRY_MS);

async function sweep(database: Database, keptUntil: Date, limit: number): Promise<number> {
  const [, deleted] = await database.query<[unknown[], number]>(SWEEP_FLOWS.text, [keptUntil, limit]);
  return deleted;
}
