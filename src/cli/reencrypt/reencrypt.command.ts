import type { Command } from 'commander';
import { CommandFailed } from '../command-failed.js';
import { filesOf, withConfigurationFiles } from '../configuration-files.js';
import { dsnOf } from '../dsn-of.js';
import { moment } from '../input/moment.js';

const OF_EMBEDDED = 'The embedded database ends with its server: there is nothing to re-encrypt.';

/** The last step but one of a rotation of `secrets.system`: see docs/operations.md. */
export function reencryptCommand(reencrypt: Command): void {
  withConfigurationFiles(reencrypt)
    .argument('[dsn]', 'address of PostgreSQL; wins over the variable DSN and over files')
    .option('--rotated-at <time>', 'since when every server has the newest secret (default: now)', moment)
    .option('-e, --read-from-env', 'take the address from the variable DSN (it is read in any case)')
    .action(async (dsn: string | undefined, { rotatedAt }: { rotatedAt?: Date }) => {
      const now = new Date();
      if (rotatedAt && rotatedAt > now) throw new CommandFailed('--rotated-at must not lie in the future.');
      const { configuredPart } = await import('../../config/load-configuration.js');
      const { connectForCommand } = await import('../../database/data-source.js');
      const { reencrypt: run } = await import('./reencrypt.js');
      const { secrets, ttl } = configuredPart({ files: filesOf(reencrypt) }, ['secrets', 'ttl']);
      if (!secrets.system?.length) {
        throw new CommandFailed('secrets.system is not set: give the list of the servers, the newest secret first.');
      }
      const database = await connectForCommand(await dsnOf(reencrypt, dsn, OF_EMBEDDED));
      try {
        const sealsCookies = !secrets.cookie?.length;
        const { system, accept_unbound } = secrets;
        await run(database, { system, accept_unbound }, { ttl, now, rotatedAt: rotatedAt ?? now, sealsCookies });
      } finally {
        await database.destroy();
      }
    });
}
