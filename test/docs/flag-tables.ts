/** What docs/command-line.md says of the flags of a command, made from the code. */
import type { Command, Option } from 'commander';
import prettier from 'prettier';
import { CLIENT_FLAGS } from '../../src/cli/oauth2-client/client-flags.js';

const MEMBERS = new Map(CLIENT_FLAGS.map(({ name, member }) => [`--${name}`, member]));
/** The command that explains the flags of a client for those that have the same ones. */
const EXPLAINS_MEMBERS = 'create oauth2-client';

const flagsOf = (command: Command): Option[] =>
  command.options.filter(({ hidden, long }) => !hidden && long !== undefined);

/**
 * A table of the flags that only some commands have; empty if there are none.
 *
 * @param common those that the introduction of the page explains
 */
export async function flagText(path: string, command: Command, common: readonly string[]): Promise<string> {
  const own = flagsOf(command).filter(({ long }) => !common.includes(long ?? ''));
  const explained = path === EXPLAINS_MEMBERS ? own : own.filter(({ long }) => !MEMBERS.has(long ?? ''));
  const lines: string[] = [];
  if (explained.length > 0) lines.push('| flag | |', '| --- | --- |', ...explained.map(row));
  if (explained.length < own.length) {
    lines.push(
      '',
      `And the flags of [${EXPLAINS_MEMBERS}](#ostiary-create-oauth2-client) that name members of a client.`,
    );
  }
  return lines.length === 0 ? '' : (await prettier.format(lines.join('\n'), { parser: 'markdown' })).trim();
}

function row(option: Option): string {
  const { long = '', short, flags, description } = option;
  const value = /<[^>]+>|\[[^\]]+\]/.exec(flags)?.[0] ?? '';
  const names = [short, long].filter((name) => name !== undefined).map((name) => `\`${name}\``);
  const member = MEMBERS.get(long);
  const cells = [
    [names.join(', '), value && ` \`${value}\``].join(''),
    [member && `\`${member}\`: `, description, defaultOf(option)].join(''),
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
}

function defaultOf({ defaultValue, description }: Option): string {
  const isNone = defaultValue === undefined || defaultValue === false || defaultValue === '';
  if (isNone || Array.isArray(defaultValue) || description.includes('default')) return '';
  return `; default: ${String(defaultValue)}`;
}
