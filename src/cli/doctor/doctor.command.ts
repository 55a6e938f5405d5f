import type { Command } from 'commander';
import { CommandFailed } from '../command-failed.js';
import { filesOf, withConfigurationFiles } from '../configuration-files.js';
import { type FormatOptions, withFormats } from '../output/format-options.js';
import type { Finding } from './finding.js';
import type { HydraQuestion } from './hydra/check-hydra.js';

interface DoctorOptions extends FormatOptions {
  dev?: boolean;
  /** True where the address is in HYDRA_DSN. */
  fromHydra?: string | true;
  cookie?: string;
  fapi?: string;
}

const NO_SOURCE = 'No database of Hydra is named: give its address with --from-hydra, or in the variable HYDRA_DSN.';

/** Reads the same configuration as `serve`, changes nothing, and exits with 1 where the server could not work. */
export function doctorCommand(doctor: Command): void {
  withFormats(withConfigurationFiles(doctor))
    .option('--dev', 'development mode, as of serve')
    .option(
      '--from-hydra [dsn]',
      "compare with Hydra's database, which is to be imported (default: the variable HYDRA_DSN)",
    )
    .option('--cookie <value>', 'with --from-hydra: the session cookie of a browser that is logged in')
    .option('--fapi <client>', 'list what this client lacks for its security profile of FAPI 2.0')
    .action(async (options: DoctorOptions) => {
      const { Logger } = await import('@nestjs/common');
      Logger.overrideLogger(false); // stdout carries the report
      const { examine } = await import('./doctor.js');
      const questions = { hydra: hydraOf(options), fapi: options.fapi };
      const findings = await examine({ files: filesOf(doctor), dev: options.dev === true }, questions);
      process.stdout.write(await report(findings, options));
      const failed = findings.filter(({ state }) => state === 'fail').length;
      if (failed > 0) throw new CommandFailed(failed === 1 ? '1 check failed.' : `${failed} checks failed.`);
    });
}

/** @throws CommandFailed where a cookie is given, but no database, or the address is missing */
function hydraOf({ fromHydra, cookie }: DoctorOptions): HydraQuestion | undefined {
  if (fromHydra === undefined && cookie === undefined) return undefined;
  const dsn = typeof fromHydra === 'string' ? fromHydra : process.env.HYDRA_DSN;
  if (!dsn) throw new CommandFailed(NO_SOURCE);
  return { dsn, cookie };
}

async function report(findings: readonly Finding[], options: FormatOptions): Promise<string> {
  const { render } = await import('../output/format.js');
  const rows = findings.map(({ state, check, finding, change }) => {
    return [state, check, change === undefined ? sentence(finding) : `${sentence(finding)} ${sentence(change)}`];
  });
  return render({ columns: ['State', 'Check', 'Finding'], rows, value: findings }, options);
}

/** A finding may end with a question: unknown key, did you mean …? */
function sentence(text: string): string {
  return /[.?]$/.test(text) ? text : `${text}.`;
}
