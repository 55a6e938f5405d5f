import type { Command } from 'commander';
import { CommandFailed } from '../command-failed.js';
import { filesOf, withConfigurationFiles } from '../configuration-files.js';
import { type FormatOptions, withFormats } from '../output/format-options.js';
import type { Finding } from './finding.js';

interface DoctorOptions extends FormatOptions {
  dev?: boolean;
}

/** Reads the same configuration as `serve`, changes nothing, and exits with 1 where the server could not work. */
export function doctorCommand(doctor: Command): void {
  withFormats(withConfigurationFiles(doctor))
    .option('--dev', 'development mode, as of serve')
    .action(async (options: DoctorOptions) => {
      const { Logger } = await import('@nestjs/common');
      Logger.overrideLogger(false); // stdout carries the report
      const { examine } = await import('./doctor.js');
      const findings = await examine({ files: filesOf(doctor), dev: options.dev === true });
      process.stdout.write(await report(findings, options));
      const failed = findings.filter(({ state }) => state === 'fail').length;
      if (failed > 0) throw new CommandFailed(failed === 1 ? '1 check failed.' : `${failed} checks failed.`);
    });
}

async function report(findings: readonly Finding[], options: FormatOptions): Promise<string> {
  const { render } = await import('../output/format.js');
  const rows = findings.map(({ state, check, finding, change }) => {
    return [state, check, change === undefined ? `${finding}.` : `${finding}. ${change}.`];
  });
  return render({ columns: ['State', 'Check', 'Finding'], rows, value: findings }, options);
}
