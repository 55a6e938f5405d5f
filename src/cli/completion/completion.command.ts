import type { Command } from 'commander';
import { showHelpWithoutArguments } from '../command-group.js';
import { bashCompletion } from './bash.js';
import { fishCompletion } from './fish.js';
import { type Place, placesOf } from './places.js';
import { powershellCompletion } from './powershell.js';
import { zshCompletion } from './zsh.js';

type Script = (name: string, places: readonly Place[], descriptions?: boolean) => string;

const SHELLS: Record<string, Script> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
  powershell: powershellCompletion,
};

/** Prints a script for each shell, generated from the commands of the program. */
export function completionCommand(completion: Command): void {
  showHelpWithoutArguments(completion);
  for (const [shell, script] of Object.entries(SHELLS)) {
    const command = completion
      .command(shell)
      .description(`print the completion script for ${shell}`)
      .option('--no-descriptions', 'leave descriptions out (fish shows them)');
    command.action(({ descriptions }: { descriptions: boolean }) => {
      const program = programOf(command);
      process.stdout.write(script(program.name(), placesOf(program), descriptions));
    });
  }
}

const programOf = (command: Command): Command => (command.parent ? programOf(command.parent) : command);
