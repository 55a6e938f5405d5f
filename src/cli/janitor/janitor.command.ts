import { type Command, InvalidArgumentError } from 'commander';
import { parseDuration } from '../../protocol/duration.js';
import { CommandFailed } from '../command-failed.js';
import { filesOf, withConfigurationFiles } from '../configuration-files.js';
import { dsnOf } from '../dsn-of.js';
import type { JanitorOptions } from './janitor.js';

const OF_EMBEDDED = 'The embedded database has nothing to clean up from outside: the server does it itself.';

/** Has Hydra's flags. A server cleans up by itself; this command is for cleaning up at once, or by age. */
export function janitorCommand(janitor: Command): void {
  withConfigurationFiles(janitor)
    .argument('[dsn]', 'address of PostgreSQL; wins over the variable DSN and over files')
    .option('--tokens', 'delete access tokens, refresh tokens and grants that have ended')
    .option('--requests', 'delete login and consent requests, and remembered consents, that have ended')
    .option('--grants', 'delete trusted issuers that have ended')
    .option('--limit <rows>', 'most rows that each of these deletes', count, 10_000)
    .option('--batch-size <rows>', 'most rows that one statement deletes', count, 100)
    .option('--keep-if-younger <duration>', 'keep what is younger, however ended it is', duration, 0)
    .option('--access-lifespan <duration>', 'keep access tokens that are younger (default: ttl.access_token)', duration)
    .option(
      '--refresh-lifespan <duration>',
      'keep refresh tokens that are younger (default: ttl.refresh_token)',
      duration,
    )
    .option(
      '--consent-request-lifespan <duration>',
      'keep requests that are younger (default: ttl.login_consent_request)',
      duration,
    )
    .option('-e, --read-from-env', 'take the address from the variable DSN (it is read in any case)')
    .action(async (dsn: string | undefined, options: JanitorOptions) => {
      check(options);
      const { configuredPart } = await import('../../config/load-configuration.js');
      const { connectForCommand } = await import('../../database/data-source.js');
      const { cleanUp } = await import('./janitor.js');
      const { ttl } = configuredPart({ files: filesOf(janitor) }, ['ttl']);
      const database = await connectForCommand(await dsnOf(janitor, dsn, OF_EMBEDDED));
      try {
        await cleanUp(database, ttl, options);
      } finally {
        await database.destroy();
      }
    });
}

function check({ tokens, requests, grants, limit, batchSize }: JanitorOptions): void {
  if (!tokens && !requests && !grants)
    throw new CommandFailed('Say what to clean up: --tokens, --requests, --grants, or several of them.');
  if (batchSize > limit) throw new CommandFailed('--batch-size must not be greater than --limit.');
}

function count(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Write a whole number from 1.');
  return Number(text);
}

/** Returns seconds. */
function duration(text: string): number {
  const seconds = parseDuration(text);
  if (seconds === undefined || seconds < 0) throw new InvalidArgumentError('Write a duration such as 30m or 720h.');
  return seconds;
}
