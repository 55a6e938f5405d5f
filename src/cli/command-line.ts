/**
 * The room of the command line: `serve`, `migrate`, `version`, `openapi`. It reads arguments, calls one function, and turns
 * what went wrong into one message on stderr and exit code 1. A command imports what it needs when it runs, so that none
 * waits for the modules of another.
 *
 * It must hold no rule of the server.
 */
import { Command } from 'commander';
import { showHelpWithoutArguments } from './command-group.js';
import { failureText } from './failure-text.js';
import { migrateCommand } from './migrate/migrate.command.js';
import { openApiCommand } from './openapi.command.js';
import { serveCommand } from './serve.command.js';
import { versionCommand } from './version.command.js';

/** Exit codes: 0, and 1 for every failure. */
export async function runCommandLine(argv: readonly string[]): Promise<void> {
  try {
    await commandLine().parseAsync([...argv]);
  } catch (error) {
    process.stderr.write(`${failureText(error)}\n`);
    process.exit(1); // what a failed start leaves open must not keep the process
  }
}

export function commandLine(): Command {
  const program = new Command('ostiary')
    .description('OAuth 2.0 authorization server and OpenID Connect provider')
    .enablePositionalOptions()
    .showHelpAfterError();
  showHelpWithoutArguments(program);
  serveCommand(program);
  migrateCommand(program);
  openApiCommand(program);
  versionCommand(program);
  return program;
}
