/**
 * More work than the database can do: what waits for a connection is bounded, so that under overload some requests are
 * told so at once, and the others are still answered in time.
 */
import type { Pool } from 'pg';

/** Nothing was decided: the same request may be sent again in a moment (503). */
export class DatabaseBusy extends Error {
  constructor() {
    super('The database has more work waiting than database.max_waiting allows.');
    this.name = 'DatabaseBusy';
  }
}

/**
 * @param pool counts those among the waiting whom an idle connection is about to serve; they are not meant
 * @param limit statements that may wait for a connection; 0: any number
 * @throws DatabaseBusy
 */
export function assertRoom(pool: Pick<Pool, 'waitingCount' | 'idleCount'>, limit: number): void {
  if (limit > 0 && pool.waitingCount - pool.idleCount >= limit) throw new DatabaseBusy();
}
