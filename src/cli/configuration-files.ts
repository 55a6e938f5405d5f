import type { Command } from 'commander';

interface FileOptions {
  config?: string[];
}

/** The flag `-c`, which may be repeated and accepts several files separated by commas. */
export function withConfigurationFiles(command: Command): Command {
  return command.option(
    '-c, --config <file>',
    'configuration file (yaml, json, toml); may be repeated, later ones win',
    (value: string, previous: string[] | undefined) => [...(previous ?? []), ...value.split(',').filter(Boolean)],
  );
}

/** The files of the command and of its parents, outermost first: `migrate -c a.yml sql up -c b.yml`. */
export function filesOf(command: Command): string[] {
  const own = command.opts<FileOptions>().config ?? [];
  return command.parent ? [...filesOf(command.parent), ...own] : own;
}

/** Whether a flag was given to the command or to one of its parents. */
export function hasFlag(command: Command, flag: string): boolean {
  const own = command.opts<Record<string, unknown>>()[flag] === true;
  return own || (command.parent !== null && hasFlag(command.parent, flag));
}
