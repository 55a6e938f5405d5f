import type { Command } from 'commander';

/** A command that only groups others: alone it shows its help on stdout and succeeds. */
export function showHelpWithoutArguments(command: Command): Command {
  command.helpCommand(true); // an action would take it away
  return command.allowExcessArguments().action(() => {
    const [unknown] = command.args;
    if (unknown !== undefined) command.error(`error: unknown command '${unknown}'`, { exitCode: 1 });
    command.outputHelp();
  });
}
