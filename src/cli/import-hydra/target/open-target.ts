/** The database that is imported into: whether it may be, and by one import at a time. */
import type { DataSource } from 'typeorm';
import { CommandFailed } from '../../command-failed.js';
import type { OpenSource } from '../source/open-source.js';

/** For the turn, for the batches, and for partitions that a batch needs. */
export const TARGET_CONNECTIONS = 3;
/** Any number that nothing else locks: it stands for "the import into this database". */
const LOCK = 7_087_646_513;

/** Addresses can be spelled in many ways, and two of them can lead to one database. */
const IDENTITY = `select (select system_identifier from pg_control_system())::text as cluster,
  (select oid from pg_database where datname = current_database())::text as database`;
const MAY_IDENTIFY = `select has_function_privilege('pg_control_system()', 'execute')::text as may`;
const HOLDS_HYDRA = `select (to_regclass('hydra_client') is not null)::text as there`;

interface Identity {
  cluster: string;
  database: string;
}

/** @throws CommandFailed where source and target are one database */
export async function requireAnotherDatabase(target: DataSource, source: OpenSource): Promise<void> {
  if (await isSame(target, source))
    throw new CommandFailed(
      `Source and target are the same database (${source.place}). Create an empty database beside it, run \`ostiary migrate sql up\` on that, and name it as the target.`,
    );
}

async function isSame(target: DataSource, source: OpenSource): Promise<boolean> {
  const [[there], [here]] = [
    await source.rows<{ may: string }>(MAY_IDENTIFY),
    await target.query<{ may: string }[]>(MAY_IDENTIFY),
  ];
  if (there?.may !== 'true' || here?.may !== 'true') {
    const [held] = await target.query<{ there: string }[]>(HOLDS_HYDRA);
    return held?.there === 'true';
  }
  const [[one], [other]] = [await source.rows<Identity>(IDENTITY), await target.query<Identity[]>(IDENTITY)];
  return one?.cluster === other?.cluster && one?.database === other?.database;
}

/**
 * Does the work while no other process imports into this database. The lock ends with its transaction, so that it works
 * through a pooler too and a killed import leaves none.
 * @throws CommandFailed where another import is running
 */
export async function inTurnOfImports<T>(target: DataSource, work: () => Promise<T>): Promise<T> {
  const runner = target.createQueryRunner();
  await runner.startTransaction();
  try {
    const [row] = (await runner.query('select pg_try_advisory_xact_lock($1) as mine', [LOCK])) as [{ mine: boolean }];
    if (!row.mine) throw new CommandFailed('Another import into this database is running: let it end, or stop it.');
    return await work();
  } finally {
    await runner.rollbackTransaction().catch(() => undefined); // the lock is all that it held
    await runner.release();
  }
}
