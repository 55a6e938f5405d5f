import type { Command } from 'commander';

/** `help create client` prints the help of the command that the words name. Exits with 1 where they name none. */
export function showHelpOf(program: Command, words: readonly string[]): void {
  let found = program;
  for (const word of words.filter((text) => !text.startsWith('-'))) {
    const next = found.commands.find((command) => [command.name(), ...command.aliases()].includes(word));
    if (!next) return found.error(`error: unknown command '${word}'`, { exitCode: 1 });
    found = next;
  }
  found.outputHelp();
}
