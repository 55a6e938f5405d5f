import type { Command } from 'commander';

/** The first word of a command line. */
export interface Verb {
  name: string;
  description: string;
  /** Adds flags, subcommands and the action to the command. */
  load: () => Promise<(command: Command) => void>;
  /** Whether it needs the flags and subcommands of all other verbs. */
  needsAll?: boolean;
}
