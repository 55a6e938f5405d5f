/**
 * A connection that the pool lends, to Statements and to TypeORM's repositories alike. For both, a
 * statement with an unknown outcome gets its error here: AnswerLost (see `decided`). The connection records its faults,
 * whichever code used it: one whose fault would affect the next borrower too is closed when it is returned.
 */
import pg, { type Pool } from 'pg';
import { errorOfSent } from './decided.js';
import { isOutdatedPlan, isRefusedByStandby } from './sql-state.js';
import { isUnavailable } from './unavailable.js';

type Query = (...values: unknown[]) => unknown;

export class PooledConnection extends pg.Client {
  /** The reason why it must not be lent again. */
  fault: Error | undefined;

  constructor(options?: pg.ClientConfig) {
    super(options);
    // A connection that breaks while it is lent reports that to its statement, if there is one, and here.
    this.on('error', (error) => {
      this.fault ??= error;
    });
    const judge = (error: unknown): never => {
      if (isUnavailable(error) || isOutdatedPlan(error)) this.fault ??= error as Error;
      throw errorOfSent(error);
    };
    this.query = ((...values) => {
      const result = (super.query as Query).apply(this, values);
      return result instanceof Promise ? result.catch(judge) : result;
    }) as Query as pg.Client['query'];
  }
}

/**
 * From now on a connection with a fault is closed when it is returned. When a standby refused a statement, all others are
 * closed too: they lead to the same server, while the address may lead to the new primary by now.
 */
export function closeFaulty(pool: Pool): void {
  const eras = new WeakMap<pg.PoolClient, number>();
  let era = 0;
  const isOld = (client: pg.PoolClient): boolean => (eras.get(client) ?? 0) < era;
  pool.on('connect', (client) => eras.set(client, era));
  pool.on('release', (_error, client) => {
    const { fault } = client as unknown as PooledConnection;
    if (isRefusedByStandby(fault) && !isOld(client)) {
      era++;
      takeIdle(pool);
    }
    if (fault || isOld(client)) void (client as unknown as PooledConnection).end();
  });
}

/** Each idle connection is borrowed once, so that it is returned. */
function takeIdle(pool: Pool): void {
  for (let count = pool.idleCount; count > 0; count--) {
    pool.connect().then(
      (client) => {
        client.release();
      },
      () => undefined, // the connection is in use by now, and will be returned as well
    );
  }
}
