/**
 * The command line. It reads arguments, calls one function, and turns a failure into one message on stderr and exit
 * code 1. Only the verb that was given is loaded, so that a command does not load the modules of other commands.
 *
 * It must not contain rules of the server.
 */
import { Command } from 'commander';
import { showHelpWithoutArguments } from './command-group.js';
import { failureText } from './failure-text.js';
import { showHelpOf } from './help.js';
import { withoutBooleanValues } from './boolean-values.js';
import { VERBS } from './verbs.js';

/** Returns the exit code: 0 for success, 1 for every failure. */
export async function runCommandLine(argv: readonly string[]): Promise<void> {
  process.stdout.on('error', endQuietly);
  try {
    await run(argv.slice(2));
  } catch (error) {
    process.stderr.write(`${failureText(error)}\n`);
    process.exit(1); // resources that a failed start leaves open must not keep the process alive
  }
}

async function run(args: readonly string[]): Promise<void> {
  const words = args[0] === 'help' ? args.slice(1) : args;
  const program = await commandLine(words[0] ?? '');
  if (args[0] === 'help') showHelpOf(program, words);
  else await program.parseAsync(withoutBooleanValues(program, args), { from: 'user' });
}

/**
 * Builds all verbs with their descriptions. Only loaded verbs have flags and subcommands.
 * @param wanted the verb to load; default: all of them
 */
export async function commandLine(wanted?: string): Promise<Command> {
  const program = new Command('ostiary')
    .description('OAuth 2.0 authorization server and OpenID Connect provider')
    .enablePositionalOptions()
    .showHelpAfterError();
  showHelpWithoutArguments(program);
  const all = wanted === undefined || VERBS.some(({ name, needsAll = false }) => name === wanted && needsAll);
  for (const { name, description, load } of VERBS) {
    const verb = program.command(name).description(description);
    if (all || wanted === name) (await load())(verb);
    refuseExcessArguments(verb);
  }
  return program;
}

/** Groups must see words that they do not know. Subcommands would inherit that setting, so it is taken back for them. */
function refuseExcessArguments(command: Command): void {
  if (command.commands.length === 0) command.allowExcessArguments(false);
  for (const below of command.commands) refuseExcessArguments(below);
}

/** The reader of the pipe has closed it, as `head` does: nobody is left to read a message. */
function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
}
