import type { Command } from 'commander';

/** A first word of the command line. */
export interface Verb {
  name: string;
  description: string;
  /** Gives the command its flags, its sub-commands and its act. */
  load: () => Promise<(command: Command) => void>;
  /** Whether it needs the flags and sub-commands of all others. */
  needsAll?: boolean;
}
