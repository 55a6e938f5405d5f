import type { Command } from 'commander';

/** A command that only groups subcommands: without one it prints its help on stdout and succeeds. */
export function showHelpWithoutArguments(command: Command): Command {
  command.helpCommand(true); // with an action, commander would not print the help
  return command.allowExcessArguments().action(() => {
    const [unknown] = command.args;
    if (unknown !== undefined) command.error(`error: unknown command '${unknown}'`, { exitCode: 1 });
    command.outputHelp();
  });
}
