/**
 * Limits the requests that wait for a connection, in number and in time. Under overload some requests are refused at once,
 * and the others are still answered in time.
 */
import type { Pool, PoolClient } from 'pg';
import { type DatabaseLoad, WaitingQueue } from './waiting-queue.js';

/** Nothing was decided, and nothing was sent: the same request may be sent again a moment later (503). */
export class DatabaseBusy extends Error {
  /** @param bound the configuration key that sets the limit */
  constructor(bound: 'database.max_waiting' | 'database.max_wait' = 'database.max_waiting') {
    super(`The database has more work waiting than ${bound} allows.`);
    this.name = 'DatabaseBusy';
  }
}

type Release = (destroy?: Error | boolean) => void;
type Callback = (error: Error | undefined, client?: PoolClient, release?: Release) => void;

/**
 * From now on no request waits for a pooled connection beyond the limits: it gets DatabaseBusy. Requests that an idle
 * connection is about to serve do not count.
 * @param limit the maximum number of waiting requests at this moment; 0: any number
 */
export function boundWaiting(pool: Pool, limit: () => number, load: DatabaseLoad): void {
  const connect = pool.connect.bind(pool) as (callback: Callback) => void;
  const line = new WaitingQueue<{ callback: Callback }>(load, ({ callback }) => {
    callback(new DatabaseBusy('database.max_wait'));
  });
  const begin = (callback: Callback): void => {
    const most = limit();
    if (most > 0 && line.length - pool.idleCount >= most) {
      process.nextTick(callback, new DatabaseBusy());
      return;
    }
    const place = { callback };
    const waits = pool.totalCount >= pool.options.max || pool.idleCount > 0;
    if (waits) line.add(place);
    connect((error, client, release) => {
      if (waits && !line.remove(place)) {
        // The request has given up, so that the next one gets the connection. Not in this call: it may come from the release of
        // such a connection, and for thousands in a row the stack would overflow and the pool would lose the connection.
        if (release) process.nextTick(release);
        return;
      }
      load.turns++;
      callback(error, client, release);
    });
  };
  const bounded = (callback?: Callback): Promise<PoolClient> | undefined => {
    if (callback) {
      begin(callback);
      return undefined;
    }
    return new Promise((resolve, reject) => {
      begin((error, client) => {
        if (client) resolve(client);
        else reject(error ?? new Error('The pool gave no connection.'));
      });
    });
  };
  pool.connect = bounded as Pool['connect'];
}
