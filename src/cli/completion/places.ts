import type { Command } from 'commander';

interface Word {
  text: string;
  description: string;
}

/** A point of the command line, with the words that may follow there. */
export interface Place {
  /** The preceding words, each in all its spellings; empty for the program itself. */
  spellings: string[];
  /** Names of commands, without aliases. */
  commands: Word[];
  flags: Word[];
}

/** Lists every place of the program, the outermost first. */
export function placesOf(command: Command, above: string[] = ['']): Place[] {
  const below = command.commands.flatMap((next) =>
    placesOf(
      next,
      above.flatMap((words) => [next.name(), ...next.aliases()].map((name) => `${words} ${name}`)),
    ),
  );
  return [{ spellings: above, commands: command.commands.map(wordOf), flags: flagsOf(command) }, ...below];
}

export const textsOf = ({ commands, flags }: Place): string[] => [...commands, ...flags].map(({ text }) => text);

const wordOf = (command: Command): Word => ({ text: command.name(), description: command.description() });

function flagsOf(command: Command): Word[] {
  const shown = command.options.filter(({ hidden, long }) => !hidden && long !== undefined);
  const help = { text: '--help', description: 'display help for command' };
  return [...shown.map(({ long, description }) => ({ text: long ?? '', description })), help];
}
