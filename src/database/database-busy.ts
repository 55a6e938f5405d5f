/**
 * More work than the database can do: what waits for a connection is bounded, so that under overload some requests are
 * told so at once, and the others are still answered in time.
 */
import type { Pool, PoolClient } from 'pg';

/** Nothing was decided: the same request may be sent again in a moment (503). */
export class DatabaseBusy extends Error {
  constructor() {
    super('The database has more work waiting than database.max_waiting allows.');
    this.name = 'DatabaseBusy';
  }
}

type Callback = (error: Error | undefined, client?: PoolClient, release?: () => void) => void;

/**
 * From now on nobody waits for a connection of the pool beyond the limit: DatabaseBusy is what they get. Those whom an idle
 * connection is about to serve do not count.
 * @param limit how many may wait at this moment; 0: any number
 */
export function boundWaiting(pool: Pool, limit: () => number): void {
  const connect = pool.connect.bind(pool) as (callback?: Callback) => Promise<PoolClient> | undefined;
  const bounded = (callback?: Callback): Promise<PoolClient> | undefined => {
    const most = limit();
    if (!(most > 0) || pool.waitingCount - pool.idleCount < most) return connect(callback);
    if (!callback) return Promise.reject(new DatabaseBusy());
    process.nextTick(callback, new DatabaseBusy());
    return undefined;
  };
  pool.connect = bounded as Pool['connect'];
}
