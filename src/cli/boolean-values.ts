import type { Command, Option } from 'commander';

const VALUES = new Map([
  ...['true', 't', '1'].map((text) => [text.toLowerCase(), true] as const),
  ...['false', 'f', '0'].map((text) => [text, false] as const),
]);

/**
 * Scripts written for Hydra pass `--quiet=true` and `--skip-consent=false`. A true flag becomes `--quiet`. A false flag
 * becomes `--no-skip-consent` where that flag exists, and is dropped elsewhere. Arguments after `--` stay as they are.
 */
export function withoutBooleanValues(program: Command, args: readonly string[]): string[] {
  const options = optionsOf(program);
  const end = args.indexOf('--');
  const before = end < 0 ? args : args.slice(0, end);
  return [...before.flatMap((arg) => rewritten(arg, options)), ...(end < 0 ? [] : args.slice(end))];
}

function rewritten(arg: string, options: readonly Option[]): string[] {
  const [, flag = '', text = ''] = /^(--?[^=]+)=(.*)$/s.exec(arg) ?? [];
  const value = VALUES.get(text.toLowerCase());
  const named = options.filter(({ long, short }) => long === flag || short === flag);
  if (value === undefined || named.length === 0 || !named.every((option) => option.isBoolean())) return [arg];
  if (value) return [flag];
  const off = flag.replace(/^--/, '--no-');
  return options.some(({ long }) => long === off) ? [off] : [];
}

function optionsOf(command: Command): Option[] {
  return [...command.options, ...command.commands.flatMap(optionsOf)];
}
