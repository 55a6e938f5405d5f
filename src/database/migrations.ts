/** Applies and rolls back the schema: what `migrate sql` does. Several processes may do it at the same moment. */
import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import { migrations } from '../../migrations/index.js';
import { connectForCommand } from './data-source.js';

export interface MigrationStatus {
  /** Time stamp of the migration, digits. */
  version: string;
  /** Class name without the time stamp. */
  name: string;
  state: 'Applied' | 'Pending';
  /** SQL texts. */
  up: string;
  down: string;
}

export interface Migrator {
  /** All migrations of this program, oldest first. */
  status(): Promise<MigrationStatus[]>;
  /** Applies what is pending, and gives what it applied. */
  up(): Promise<MigrationStatus[]>;
  /** Rolls back the last `steps` applied ones, and gives them, newest first. */
  down(steps: number): Promise<MigrationStatus[]>;
  close(): Promise<void>;
}

interface Known {
  /** As recorded: class name with the time stamp. */
  id: string;
  instance: MigrationInterface;
}

/** Any number that nobody else locks: it stands for "the schema of Ostiary in this database". */
const LOCK = 7_087_646_512;

/** The names of all migrations as the database records them, oldest first. */
export const migrationIds = migrations.map((migration) => new migration().name);

/** @throws DatabaseUnreachable */
export async function openMigrator(dsn: string): Promise<Migrator> {
  const dataSource = await connectForCommand(dsn);
  return {
    status: () => status(dataSource),
    up: () => up(dataSource),
    down: (steps) => down(dataSource, steps),
    close: () => dataSource.destroy(),
  };
}

/** The recorded names of the applied migrations, oldest first; none where nothing was ever applied. */
export async function appliedMigrations(database: Pick<DataSource, 'query'>): Promise<string[]> {
  const [found] = await database.query<{ there: boolean }[]>(`select to_regclass('migrations') is not null as there`);
  if (!found?.there) return [];
  const rows = await database.query<{ name: string }[]>('select name from migrations order by id');
  return rows.map((row) => row.name);
}

/** The names of the migrations that are not applied, oldest first. */
export async function pendingMigrations(database: Pick<DataSource, 'query'>): Promise<string[]> {
  const applied = new Set(await appliedMigrations(database));
  return migrationIds.filter((id) => !applied.has(id));
}

async function status(dataSource: DataSource): Promise<MigrationStatus[]> {
  const applied = new Set(await appliedMigrations(dataSource));
  return Promise.all(known().map((one) => describe(one, applied.has(one.id) ? 'Applied' : 'Pending')));
}

/** One transaction for each migration: a failure leaves the earlier ones applied and nothing half done. */
async function up(dataSource: DataSource): Promise<MigrationStatus[]> {
  const done: MigrationStatus[] = [];
  for (const one of known()) {
    const applied = await locked(dataSource, async (runner) => {
      await runner.query(
        'create table if not exists migrations (id serial primary key, timestamp bigint not null, name varchar not null)',
      );
      if ((await appliedMigrations(runner)).includes(one.id)) return false;
      await one.instance.up(runner);
      await runner.query('insert into migrations (timestamp, name) values ($1, $2)', [version(one), one.id]);
      return true;
    });
    if (applied) done.push(await describe(one, 'Applied'));
  }
  return done;
}

async function down(dataSource: DataSource, steps: number): Promise<MigrationStatus[]> {
  const done: MigrationStatus[] = [];
  while (done.length < steps) {
    const undone = await locked(dataSource, rollBackLast);
    if (!undone) break;
    done.push(await describe(undone, 'Pending'));
  }
  return done;
}

async function rollBackLast(runner: QueryRunner): Promise<Known | undefined> {
  const last = (await appliedMigrations(runner)).at(-1);
  if (last === undefined) return undefined;
  const one = known().find(({ id }) => id === last);
  if (!one)
    throw new Error(`The last applied migration, ${last}, is not known to this version: roll back with the newer one.`);
  await one.instance.down(runner);
  await runner.query('delete from migrations where name = $1', [last]);
  return one;
}

/** The lock ends with the transaction, so that it also works through a pooler in transaction mode. */
async function locked<T>(dataSource: DataSource, work: (runner: QueryRunner) => Promise<T>): Promise<T> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.startTransaction();
    await runner.query('select pg_advisory_xact_lock($1)', [LOCK]);
    const result = await work(runner);
    await runner.commitTransaction();
    return result;
  } catch (error) {
    if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
    throw error;
  } finally {
    await runner.release();
  }
}

function known(): Known[] {
  return migrations.map((migration) => {
    const instance = new migration();
    return { id: instance.name, instance };
  });
}

const version = ({ id }: Known): string => id.slice(-13);

async function describe(one: Known, state: MigrationStatus['state']): Promise<MigrationStatus> {
  const up = await sqlOf((runner) => one.instance.up(runner));
  const down = await sqlOf((runner) => one.instance.down(runner));
  return { version: version(one), name: one.id.slice(0, -13), state, up, down };
}

/** Migrations are SQL texts only, so running one against a recorder gives its text. */
async function sqlOf(migrate: (runner: QueryRunner) => Promise<void>): Promise<string> {
  const texts: string[] = [];
  const recorder = { query: (text: string) => Promise.resolve(void texts.push(text.trim())) };
  await migrate(recorder as unknown as QueryRunner);
  return texts.join('\n');
}
