import { type Command, InvalidArgumentError } from 'commander';
import type { Migrator } from '../../database/migrations.js';
import { showHelpWithoutArguments } from '../command-group.js';
import { withConfigurationFiles } from '../configuration-files.js';
import { dsnOf } from '../dsn-of.js';
import { withFormats } from '../output/format-options.js';

type Acts = typeof import('./migrate.js');
type Work<Options> = (migrator: Migrator, options: Options) => Promise<void>;

const OF_EMBEDDED = 'The embedded database has nothing to migrate: the server does it itself.';

/** `migrate sql [dsn]` and `migrate status [dsn]` are deprecated spellings of `migrate sql up` and `migrate sql status`. */
export function migrateCommand(migrate: Command): void {
  showHelpWithoutArguments(withConfigurationFiles(migrate));
  const sql = withConfigurationFiles(migrate.command('sql').description('up, down and status; alone: up (deprecated)'));
  acting(withYes(sql), ({ migrateUp }) => migrateUp, 'migrate sql up');
  acting(withYes(nested(sql, 'up', 'apply the pending migrations')), ({ migrateUp }) => migrateUp);
  acting(withSteps(nested(sql, 'down', 'roll back applied migrations')), ({ migrateDown }) => migrateDown);
  acting(withBlock(nested(sql, 'status', 'show all migrations')), ({ migrateStatus }) => migrateStatus);
  const old = withBlock(nested(migrate, 'status', 'show all migrations (deprecated: migrate sql status)'));
  acting(old, ({ migrateStatus }) => migrateStatus, 'migrate sql status');
}

function nested(parent: Command, name: string, description: string): Command {
  return withConfigurationFiles(parent.command(name).description(description));
}

function withYes(command: Command): Command {
  return command.option('-y, --yes', 'do not ask');
}

function withSteps(command: Command): Command {
  return withYes(command).option('--steps <number>', 'how many migrations, the last ones first', wholeNumber, 0);
}

function withBlock(command: Command): Command {
  return withFormats(command).option('--block', 'wait until no migration is pending');
}

/** Options of the group apply as well: `migrate sql --yes up`. */
function acting<Options extends object>(
  command: Command,
  choose: (acts: Acts) => Work<Options>,
  instead?: string,
): void {
  command
    .argument('[dsn]', 'address of PostgreSQL; wins over the variable DSN and over files')
    .option('-e, --read-from-env', 'take the address from the variable DSN (it is read in any case)')
    .action(async (dsn: string | undefined) => {
      if (instead !== undefined) process.stderr.write(`This spelling is deprecated: use "${instead}".\n`);
      const work = choose(await import('./migrate.js'));
      const { openMigrator } = await import('../../database/migrations.js');
      const migrator = await openMigrator(await dsnOf(command, dsn, OF_EMBEDDED), tellOnStderr);
      try {
        await work(migrator, { ...command.parent?.opts(), ...command.opts<Options>() });
      } finally {
        await migrator.close();
      }
    });
}

function tellOnStderr(message: string): void {
  process.stderr.write(`${message}\n`);
}

function wholeNumber(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('Write a whole number.');
  return Number(text);
}
