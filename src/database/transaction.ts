import { type DataSource, type EntityManager, TypeORMError } from 'typeorm';
import { errorOfSent } from './decided.js';
import type { PooledConnection } from './pooled-connection.js';

/**
 * Does the work in a transaction: completely, or not at all. When its connection is lost between two statements, TypeORM
 * would only say at the next one that it was released: here the error is the fault of the connection.
 * @throws errors of the work; AnswerLost where the outcome of the commit is unknown: see `decided`
 */
export async function transaction<T>(dataSource: DataSource, work: (manager: EntityManager) => Promise<T>): Promise<T> {
  const runner = dataSource.createQueryRunner();
  let connection: PooledConnection | undefined;
  try {
    connection = (await runner.connect()) as PooledConnection;
    await runner.startTransaction();
    const result = await work(runner.manager);
    await runner.commitTransaction().catch((error: unknown) => {
      throw errorOfSent(connection?.fault ?? error);
    });
    return result;
  } catch (error) {
    const fault = connection?.fault;
    // A connection with a fault is closed, which rolls back as well; a rollback statement would only wait once more.
    if (!fault && runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
    throw fault && error instanceof TypeORMError ? fault : error;
  } finally {
    await runner.release();
  }
}
