import type { Command } from 'commander';

/** `help create client`: the help of the command that the words lead to. Ends with 1 where they lead nowhere. */
export function showHelpOf(program: Command, words: readonly string[]): void {
  let found = program;
  for (const word of words.filter((text) => !text.startsWith('-'))) {
    const next = found.commands.find((command) => [command.name(), ...command.aliases()].includes(word));
    if (!next) return found.error(`error: unknown command '${word}'`, { exitCode: 1 });
    found = next;
  }
  found.outputHelp();
}
