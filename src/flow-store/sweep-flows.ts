import type { DataSource } from 'typeorm';
import { KEEP_AFTER_EXPIRY_MS } from './flows.js';
import { SWEEP_FLOWS } from './postgres-flow-store.js';

/** For a command outside of the server: deletes at most `limit` flows that ended before `endedBefore` and that nobody keeps. */
export async function sweepFlows(
  database: Pick<DataSource, 'query'>,
  { now, endedBefore, limit }: { now: Date; endedBefore: Date; limit: number },
): Promise<number> {
  const keptUntil = new Date(Math.min(now.getTime(), endedBefore.getTime() + KEEP_AFTER_EXPIRY_MS));
  const [, deleted] = await database.query<[unknown[], number]>(SWEEP_FLOWS.text, [keptUntil, limit]);
  return deleted;
}
