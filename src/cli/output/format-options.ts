import type { Command } from 'commander';

export interface FormatOptions {
  /** Default: `table`. */
  format?: string;
  quiet?: boolean;
}

/** These flags have no default: the verb accepts them as well, and a default here would hide its value. */
export function withFormats(command: Command): Command {
  return command
    .option('--format <format>', 'table (default), json, json-pretty, yaml, jsonpath=<path>, jsonpointer=<pointer>')
    .option('-q, --quiet', 'print only what identifies each row');
}
