import type { Command } from 'commander';
import { CommandFailed } from '../command-failed.js';
import { filesOf } from '../configuration-files.js';

/**
 * The database to migrate: the argument, else what environment and files say.
 * @throws CommandFailed, ConfigurationError
 */
export async function dsnOf(command: Command, argument: string | undefined): Promise<string> {
  const { configuredDsn } = await import('../../config/load-configuration.js');
  const { isPostgresDsn } = await import('../../config/dsn.js');
  const dsn = argument ?? configuredDsn({ files: filesOf(command) });
  if (dsn === undefined) {
    throw new CommandFailed(
      'No database is named: give its address as the argument, in the variable DSN, or as dsn in a file (-c).',
    );
  }
  if (dsn === 'memory')
    throw new CommandFailed('The embedded database has nothing to migrate: the server does it itself.');
  if (!isPostgresDsn(dsn))
    throw new CommandFailed('The address of the database must be postgres://user:password@host:5432/database.');
  return dsn;
}
