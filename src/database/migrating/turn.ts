/**
 * Ensures that one process at a time migrates, while servers run. The turn is an advisory lock that ends with its
 * transaction, so that it works through a pooler in transaction mode and is released when its holder is killed.
 *
 * No lock is waited for long: behind a waiting `alter table` every other statement on the table waits too. After a moment
 * the attempt is given up and rolled back, and it is repeated later.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource, QueryRunner } from 'typeorm';
import { sqlState } from '../sql-state.js';

/** Any number that nothing else locks: it stands for "the schema of Ostiary in this database". */
const LOCK = 7_087_646_512;
/** The longest time that requests wait behind a migration, for each lock. */
const LOCK_TIMEOUT = '300ms';
/** The limits of the role or the database are meant for requests. Which settings exist depends on the version. */
const NO_LIMITS = `select set_config(name, '0', true) from pg_settings
where name in ('statement_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout')`;
const LOCK_NOT_AVAILABLE = '55P03';
const PAUSE_MS = 1_000;
const TRIES = 600;
const TURN_AGAIN_MS = 200;

/** Called once for each lock that is not free at once, with a text for the operator. */
export type OnWait = (message: string) => void;

/** Does the work while this process has its turn, in one transaction, which is rolled back where it throws. */
export async function inTurn<T>(
  dataSource: DataSource,
  work: (runner: QueryRunner) => Promise<T>,
  onWait: OnWait,
): Promise<T> {
  return patiently(dataSource, onWait, async () => {
    const runner = dataSource.createQueryRunner();
    try {
      await takeTurn(runner);
      await runner.query(`set local lock_timeout = '${LOCK_TIMEOUT}'`);
      const result = await work(runner);
      await runner.commitTransaction();
      return result;
    } catch (error) {
      if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
      throw error;
    } finally {
      await runner.release();
    }
  });
}

/**
 * Retried, because a statement that waits holds a snapshot, and the process that has the turn may be making an
 * index concurrently, which waits for every snapshot. Between two attempts this transaction is idle.
 */
async function takeTurn(runner: QueryRunner): Promise<void> {
  for (;;) {
    await runner.startTransaction();
    await runner.query(NO_LIMITS);
    const [row] = (await runner.query('select pg_try_advisory_xact_lock($1) as mine', [LOCK])) as [{ mine: boolean }];
    if (row.mine) return;
    await runner.rollbackTransaction();
    await sleep(TURN_AGAIN_MS);
  }
}

/**
 * Runs the statements of a migration one by one, each in its own transaction, on another connection than the turn. Every
 * statement of such a migration can be repeated: the process may have been killed after any of them.
 */
export async function inSteps(
  dataSource: DataSource,
  work: (runner: QueryRunner) => Promise<void>,
  onWait: OnWait,
): Promise<void> {
  const runner = dataSource.createQueryRunner();
  const query = (text: string, values?: unknown[]): Promise<unknown> =>
    // It runs in no transaction, and its own lock does not block others.
    /\bconcurrently\b/i.test(text)
      ? runner.query(text, values)
      : patiently(runner, onWait, () => runStep(runner, text, values));
  try {
    await work({ query } as unknown as QueryRunner);
  } finally {
    await runner.release();
  }
}

async function runStep(runner: QueryRunner, text: string, values?: unknown[]): Promise<unknown> {
  await runner.startTransaction();
  try {
    await runner.query(NO_LIMITS);
    await runner.query(`set local lock_timeout = '${LOCK_TIMEOUT}'`);
    const result: unknown = await runner.query(text, values);
    await runner.commitTransaction();
    return result;
  } catch (error) {
    if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
    throw error;
  }
}

/** @param asks the connection that finds the holder of the lock, in no transaction: a pooler lends only two connections */
async function patiently<T>(asks: Pick<DataSource, 'query'>, onWait: OnWait, work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (sqlState(error) !== LOCK_NOT_AVAILABLE) throw error;
      const told = tries === 1 || tries === TRIES ? await longTransactions(asks) : '';
      if (tries === TRIES)
        throw new Error(`A lock could not be obtained within ten minutes. ${told}`, { cause: error });
      if (tries === 1) onWait(`A lock is not free and is tried again every second. ${told}`);
      await sleep(PAUSE_MS);
    }
  }
}

/** The oldest transactions except for that of the turn's holder: most likely they hold the lock. */
async function longTransactions(database: Pick<DataSource, 'query'>): Promise<string> {
  const rows = await database.query<{ pid: number; name: string; state: string; age: number }[]>(
    `select pid, coalesce(nullif(application_name, ''), 'no name') as name, coalesce(state, 'unknown') as state,
  extract(epoch from clock_timestamp() - xact_start)::integer as age
from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and xact_start < clock_timestamp() - interval '250 milliseconds'
  and not exists (select from pg_locks where pg_locks.pid = pg_stat_activity.pid and locktype = 'advisory'
    and (classid::bigint << 32 | objid::bigint) = $1)
order by xact_start limit 3`,
    [LOCK],
  );
  if (rows.length === 0) return 'No long transaction is open: the table is busy.';
  const listed = rows.map(({ pid, name, state, age }) => `pid ${pid} (${name}, ${state}) since ${age} s`).join('; ');
  return `Transactions are open: ${listed}. Let them end, or end them with pg_terminate_backend.`;
}
