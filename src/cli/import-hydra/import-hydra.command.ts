import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { CommandFailed } from '../command-failed.js';
import { filesOf, withConfigurationFiles } from '../configuration-files.js';
import { dsnOf } from '../dsn-of.js';
import { confirm } from '../input/confirm.js';
import { type FormatOptions, withFormats } from '../output/format-options.js';
import { stopOnSignal } from './stop-on-signal.js';

const OF_EMBEDDED =
  'The embedded database belongs to its server: give PostgreSQL as the target, which the server uses from then on.';
/** Before all other flags, `-e` is the one of the other imports and takes the next word as its value. */
const NO_SERVER =
  'This works on databases, not on a server: leave -e out, or put it last. DSN is read from the environment in any case.';
const NO_SOURCE = "No source is named: give the address of Hydra's database with --from or in the variable HYDRA_DSN.";

interface Flags extends FormatOptions {
  from?: string;
  network?: string;
  dryRun?: boolean;
  leaveUnreadable?: boolean;
  yes?: boolean;
}

/** The command `import hydra`. It works on two databases, unlike the other imports, which call a server. */
export function importHydraCommand(verb: Command): void {
  const command = withConfigurationFiles(verb.command('hydra'))
    .description('take over the database of a Hydra that is stopped: clients, keys, logins, consents and tokens')
    .argument('[dsn]', 'address of the PostgreSQL to fill; wins over the variable DSN and over files')
    .option('--from <dsn>', "address of Hydra's database, which is only read (default: the variable HYDRA_DSN)")
    .option('--network <id>', 'the network to take (default: the oldest one, which Hydra serves)')
    .option('--dry-run', 'say what would be done, and write nothing')
    .option('--leave-unreadable', 'leave out rows that no system secret opens, instead of refusing')
    .option('-y, --yes', 'do not ask')
    .option('-e, --read-from-env', 'take the address from the variable DSN (it is read in any case)');
  withFormats(command).action(async (dsn: string | undefined, flags: Flags) => {
    const above = verb.opts<FormatOptions & { endpoint?: string }>();
    if (above.endpoint !== undefined) throw new CommandFailed(NO_SERVER);
    const from = flags.from ?? process.env.HYDRA_DSN;
    if (!from) throw new CommandFailed(NO_SOURCE);
    await run(command, { ...above, ...flags, from }, dsn);
  });
}

async function run(command: Command, flags: Flags & { from: string }, argument: string | undefined): Promise<void> {
  const { Logger } = await import('@nestjs/common');
  Logger.overrideLogger({ log: tell, warn: tell, error: tell }); // stdout carries the report alone
  const { loadConfiguration } = await import('../../config/load-configuration.js');
  const { sourceAddress } = await import('./source/source-address.js');
  const { importHydra } = await import('./import-hydra.js');
  const { reportListing } = await import('./report/report.js');
  const { render } = await import('../output/format.js');
  const from = sourceAddress(flags.from);
  const to = await dsnOf(command, argument, OF_EMBEDDED);
  const configuration = loadConfiguration({ files: filesOf(command), fixed: { dsn: to } });
  const stop = stopOnSignal();
  const report = await importHydra({
    ...flags,
    from,
    to,
    configuration,
    ...(!flags.yes && { confirm: (question: string) => confirm(question, process.stderr, stop) }),
    tell,
    stop,
    // A second one would be faster, and need more memory than an import may have
    threads: availableParallelism() > 1 ? 1 : 0,
  });
  if (report) process.stdout.write(await render(reportListing(report), flags));
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
