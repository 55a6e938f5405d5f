/** The work of the migrate commands on an open migrator. Results go to stdout; progress and remarks go to stderr. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { MigrationStatus, Migrator } from '../../database/migrations.js';
import { CommandFailed } from '../command-failed.js';
import type { FormatOptions } from '../output/format-options.js';
import { render } from '../output/format.js';
import { confirm } from '../input/confirm.js';
import { listing, plan } from './plan.js';

const CHECK_AGAIN_MS = 1_000;

interface ConfirmOptions {
  yes?: boolean;
}

/** Applies the pending migrations, after confirmation. */
export async function migrateUp(migrator: Migrator, { yes = false }: ConfirmOptions): Promise<void> {
  const pending = pendingOf(await migrator.status());
  if (pending.length === 0) {
    print('The database is up to date: there is nothing to apply.\n');
    return;
  }
  print(plan(pending, 'Pending'));
  for (const line of await migrator.affects(pending)) print(`${line}\n`);
  if (!yes && !(await confirm('Apply these migrations?'))) {
    print('Nothing was changed.\n');
    return;
  }
  const applied = await migrator.up();
  print(`Applied ${counted(applied.length)}.\n`);
}

/** Rolls back the last `steps` applied migrations, after confirmation. */
export async function migrateDown(migrator: Migrator, options: ConfirmOptions & { steps: number }): Promise<void> {
  if (options.steps < 1)
    throw new CommandFailed('There is nothing to roll back: say how many migrations with --steps.');
  const applied = (await migrator.status()).filter(({ state }) => state === 'Applied').reverse();
  const steps = applied.slice(0, options.steps);
  if (steps.length === 0) {
    print('There is nothing to roll back: no migration is applied.\n');
    return;
  }
  print(plan(steps, 'Rollback'));
  if (!options.yes && !(await confirm('Roll back these migrations? What their tables hold is lost.'))) {
    print('Nothing was changed.\n');
    return;
  }
  const undone = await migrator.down(steps.length);
  print(`Rolled back ${counted(undone.length)}.\n`);
}

/** Shows all migrations. With `block` it waits until none is pending. */
export async function migrateStatus(migrator: Migrator, options: FormatOptions & { block?: boolean }): Promise<void> {
  let found = await migrator.status();
  while (options.block === true && pendingOf(found).length > 0) {
    const names = pendingOf(found).map(({ version, name }) => `${version} ${name}`);
    process.stderr.write(`Waiting for ${names.join(', ')}\n`);
    await sleep(CHECK_AGAIN_MS);
    found = await migrator.status();
  }
  print(await render(listing(found), options));
  for (const line of await migrator.affects(pendingOf(found))) process.stderr.write(`${line}\n`);
}

function pendingOf(migrations: readonly MigrationStatus[]): MigrationStatus[] {
  return migrations.filter(({ state }) => state === 'Pending');
}

const counted = (count: number): string => `${count} ${count === 1 ? 'migration' : 'migrations'}`;

function print(text: string): void {
  process.stdout.write(text);
}
