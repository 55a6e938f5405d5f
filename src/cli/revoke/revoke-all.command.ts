import type { Command } from 'commander';
import { CommandFailed } from '../command-failed.js';
import { filesOf, withConfigurationFiles } from '../configuration-files.js';
import { dsnOf } from '../dsn-of.js';
import { moment } from '../input/moment.js';

const OF_EMBEDDED =
  'The embedded database belongs to its server: stop that and use its PostgreSQL, or revoke over the admin API.';
/** Before all other flags, `-e` is the one of `revoke token` and takes the next word as its value. */
const NO_SERVER =
  'This works on the database, not on a server: leave -e out, or put it last. DSN is read from the environment in any case.';

interface Flags {
  issuedBefore?: Date;
  client?: string;
  subject?: string;
  keepSessions?: boolean;
  keepConsents?: boolean;
  yes?: boolean;
}

/**
 * The command `revoke --issued-before`; the word `all` may be left out. It works on the database, unlike `revoke token`,
 * which calls a server.
 */
export function revokeAll(verb: Command): void {
  const command = withConfigurationFiles(verb.command('all', { isDefault: true }))
    .description('end everything that was issued until a moment: after a restore, or after a leak')
    .argument('[dsn]', 'address of PostgreSQL; wins over the variable DSN and over files')
    .option('--issued-before <time>', 'the moment, such as 2026-03-01T12:00:00Z', moment)
    .option('--client <id>', 'only what this client was issued; login sessions stay')
    .option('--subject <subject>', 'only what this person was issued')
    .option('--keep-sessions', 'leave login sessions alone: nobody has to log in again')
    .option('--keep-consents', 'leave remembered consents alone: nobody is asked again')
    .option('-y, --yes', 'do it; without this flag it is only counted')
    .option('-e, --read-from-env', 'take the address from the variable DSN (it is read in any case)');
  command.action(async (dsn: string | undefined, flags: Flags) => {
    if (verb.opts<{ endpoint?: string }>().endpoint !== undefined) throw new CommandFailed(NO_SERVER);
    const { issuedBefore } = flags;
    if (!issuedBefore) {
      showWhatIsMissing(verb, dsn, flags);
      return;
    }
    const now = new Date();
    if (issuedBefore > now) throw new CommandFailed('--issued-before must not lie in the future.');
    const { configuredPart } = await import('../../config/load-configuration.js');
    const { connectForCommand } = await import('../../database/data-source.js');
    const { revokeIssuedBefore } = await import('./revoke-all.js');
    const { ttl } = configuredPart({ files: filesOf(command) }, ['ttl']);
    const database = await connectForCommand(await dsnOf(command, dsn, OF_EMBEDDED));
    try {
      await revokeIssuedBefore(database, ttl, { ...flags, issuedBefore, now });
    } finally {
      await database.destroy();
    }
  });
}

/** Like every group, it prints its help when alone, and refuses a word that it does not know. */
function showWhatIsMissing(verb: Command, word: string | undefined, flags: Flags): void {
  if (word === undefined && Object.keys(flags).length === 0) {
    verb.outputHelp();
    return;
  }
  const isWord = word !== undefined && !word.includes(':');
  const what = isWord ? `unknown command '${word}'` : "option '--issued-before <time>' is missing";
  verb.error(`error: ${what}`, { exitCode: 1 });
}
