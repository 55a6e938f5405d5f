import type { Command } from 'commander';
import { CommandFailed } from './command-failed.js';
import { filesOf } from './configuration-files.js';

/**
 * The database that a command works on: from the argument, or else from the environment and the configuration files.
 * @param ofEmbedded the message for the embedded database, on which the command cannot work
 * @throws CommandFailed, ConfigurationError
 */
export async function dsnOf(command: Command, argument: string | undefined, ofEmbedded: string): Promise<string> {
  const { configuredDsn } = await import('../config/load-configuration.js');
  const { isPostgresDsn } = await import('../config/dsn.js');
  const dsn = argument ?? configuredDsn({ files: filesOf(command) });
  if (dsn === undefined) {
    throw new CommandFailed(
      'No database is named: give its address as the argument, in the variable DSN, or as dsn in a file (-c).',
    );
  }
  if (dsn === 'memory') throw new CommandFailed(ofEmbedded);
  if (!isPostgresDsn(dsn))
    throw new CommandFailed('The address of the database must be postgres://user:password@host:5432/database.');
  return dsn;
}
