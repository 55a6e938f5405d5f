import type { Command } from 'commander';

export interface FormatOptions {
  format?: string;
  quiet?: boolean;
}

export function withFormats(command: Command): Command {
  return command
    .option('--format <format>', 'table, json, json-pretty, yaml, jsonpath=<path> or jsonpointer=<pointer>', 'table')
    .option('-q, --quiet', 'print only what identifies each row');
}
