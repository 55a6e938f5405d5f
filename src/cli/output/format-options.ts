import type { Command } from 'commander';

export interface FormatOptions {
  /** Default: table. */
  format?: string;
  quiet?: boolean;
}

/** No default stands here: the flags may be given to the verb as well, and an unset one must not hide that. */
export function withFormats(command: Command): Command {
  return command
    .option('--format <format>', 'table (default), json, json-pretty, yaml, jsonpath=<path>, jsonpointer=<pointer>')
    .option('-q, --quiet', 'print only what identifies each row');
}
