/** Applies and rolls back the schema: the work of `migrate sql`. Several processes may do it at the same moment. */
import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import { migrations } from '../../migrations/index.js';
import { connectForCommand } from './data-source.js';
import { affectedTables } from './migrating/affected-tables.js';
import { effectsOf, type TableEffect } from './migrating/table-effects.js';
import { inSteps, inTurn, type OnWait } from './migrating/turn.js';

export interface MigrationStatus {
  /** The time stamp of the migration, in digits. */
  version: string;
  /** The class name without the time stamp. */
  name: string;
  state: 'Applied' | 'Pending';
  /** SQL texts. */
  up: string;
  down: string;
  /** What applying it does to existing tables. */
  effects: TableEffect[];
}

export interface Migrator {
  /** All migrations of this program, oldest first. */
  status(): Promise<MigrationStatus[]>;
  /** Applies the pending migrations, and returns them. */
  up(): Promise<MigrationStatus[]>;
  /** Lines of text: what applying these migrations does to tables that hold rows. */
  affects(migrations: readonly MigrationStatus[]): Promise<string[]>;
  /** Rolls back the last `steps` applied migrations, and returns them, newest first. */
  down(steps: number): Promise<MigrationStatus[]>;
  close(): Promise<void>;
}

export type MigrationClass = new () => MigrationInterface & { name: string };

interface Known {
  /** The recorded name: class name with the time stamp. */
  id: string;
  instance: MigrationInterface;
}

/** One connection for the turn, and one for migrations that run in steps. */
const CONNECTIONS = 2;

const CREATE_RECORD =
  'create table if not exists migrations (id serial primary key, timestamp bigint not null, name varchar not null)';

/** The names of all migrations as the database records them, oldest first. */
export const migrationIds = migrations.map((migration) => new migration().name);

/**
 * @param onWait is called with the reason why a migration waits
 * @throws DatabaseUnreachable
 */
export async function openMigrator(
  dsn: string,
  onWait: OnWait = () => undefined,
  classes: readonly MigrationClass[] = migrations,
): Promise<Migrator> {
  return new Migrating(await connectForCommand(dsn, CONNECTIONS), known(classes), onWait);
}

/** The recorded names of the applied migrations, oldest first; none where no migration was ever applied. */
export async function appliedMigrations(database: Pick<DataSource, 'query'>): Promise<string[]> {
  const [found] = await database.query<{ there: boolean }[]>(`select to_regclass('migrations') is not null as there`);
  if (!found?.there) return [];
  const rows = await database.query<{ name: string }[]>('select name from migrations order by id');
  return rows.map((row) => row.name);
}

/** The names of the pending migrations, oldest first. */
export async function pendingMigrations(database: Pick<DataSource, 'query'>): Promise<string[]> {
  const applied = new Set(await appliedMigrations(database));
  return migrationIds.filter((id) => !applied.has(id));
}

class Migrating implements Migrator {
  constructor(
    private readonly dataSource: DataSource,
    private readonly known: readonly Known[],
    private readonly onWait: OnWait,
  ) {}

  async status(): Promise<MigrationStatus[]> {
    const applied = new Set(await appliedMigrations(this.dataSource));
    return Promise.all(this.known.map((one) => describe(one, applied.has(one.id) ? 'Applied' : 'Pending')));
  }

  affects(pending: readonly MigrationStatus[]): Promise<string[]> {
    return affectedTables(this.dataSource, pending);
  }

  /**
   * One transaction for each migration: a failure leaves the earlier ones applied and nothing half done. One with
   * `transaction = false` runs in steps beside that transaction, and is recorded when all of them are done.
   */
  async up(): Promise<MigrationStatus[]> {
    const done: MigrationStatus[] = [];
    for (const one of this.known) {
      if (await this.inTurn((runner) => this.apply(one, runner))) done.push(await describe(one, 'Applied'));
    }
    return done;
  }

  async down(steps: number): Promise<MigrationStatus[]> {
    const done: MigrationStatus[] = [];
    while (done.length < steps) {
      const undone = await this.inTurn((runner) => this.rollBackLast(runner));
      if (!undone) break;
      done.push(await describe(undone, 'Pending'));
    }
    return done;
  }

  async close(): Promise<void> {
    await this.dataSource.destroy();
  }

  private async apply(one: Known, runner: QueryRunner): Promise<boolean> {
    const applied = await appliedMigrations(runner);
    if (applied.includes(one.id)) return false;
    if (applied.length === 0) await runner.query(CREATE_RECORD);
    await this.run(one, 'up', runner);
    await runner.query('insert into migrations (timestamp, name) values ($1, $2)', [version(one), one.id]);
    return true;
  }

  private async rollBackLast(runner: QueryRunner): Promise<Known | undefined> {
    const last = (await appliedMigrations(runner)).at(-1);
    if (last === undefined) return undefined;
    const one = this.known.find(({ id }) => id === last);
    if (!one)
      throw new Error(
        `The last applied migration, ${last}, is not known to this version: roll back with the newer one.`,
      );
    await this.run(one, 'down', runner);
    await runner.query('delete from migrations where name = $1', [last]);
    return one;
  }

  private run(one: Known, direction: 'up' | 'down', runner: QueryRunner): Promise<void> {
    if (!isStepped(one.instance)) return one.instance[direction](runner);
    return inSteps(this.dataSource, (steps) => one.instance[direction](steps), this.onWait);
  }

  private inTurn<T>(work: (runner: QueryRunner) => Promise<T>): Promise<T> {
    return inTurn(this.dataSource, work, this.onWait);
  }
}

function known(classes: readonly MigrationClass[]): Known[] {
  return classes.map((migration) => {
    const instance = new migration();
    return { id: instance.name, instance };
  });
}

const isStepped = ({ transaction }: MigrationInterface): boolean => transaction === false;

const version = ({ id }: Pick<Known, 'id'>): string => id.slice(-13);

async function describe({ id, instance }: Known, state: MigrationStatus['state']): Promise<MigrationStatus> {
  return { version: version({ id }), name: id.slice(0, -13), state, ...(await describeMigration(instance)) };
}

/** The SQL of a migration, whether or not it is applied. */
export async function describeMigration(
  instance: MigrationInterface,
): Promise<Pick<MigrationStatus, 'up' | 'down' | 'effects'>> {
  const up = await sqlOf((runner) => instance.up(runner));
  const down = await sqlOf((runner) => instance.down(runner));
  return { up, down, effects: effectsOf(up, { stepped: isStepped(instance) }) };
}

/** Migrations consist of SQL texts only, so running one against a recorder returns its text. */
async function sqlOf(migrate: (runner: QueryRunner) => Promise<void>): Promise<string> {
  const texts: string[] = [];
  const recorder = {
    query: (text: string): Promise<unknown[]> => {
      texts.push(text.trim().replace(/;$/, ''));
      return Promise.resolve([]); // ends the loop of a migration that works in batches
    },
  };
  await migrate(recorder as unknown as QueryRunner);
  return texts.join(';\n');
}
