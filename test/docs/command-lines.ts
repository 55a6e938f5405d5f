/** Calls of `ostiary` in shell text, and whether the program would accept them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { root } from '../e2e/support/built.js';

/** The words of every call of `ostiary` in shell text, as a shell would pass them. */
export function calls(shell: string): string[][] {
  return shell
    .replaceAll('\\\n', ' ')
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, ''))
    .flatMap((line) =>
      [...line.matchAll(/(?<![\w./-])ostiary ((?:"[^"]*"|'[^']*'|[^|<>)"';&])*)/g)].map(([, call = '']) => call),
    )
    .map((call) => [...call.matchAll(/(?:"[^"]*"|'[^']*'|\S)+/g)].map(([word]) => word.replaceAll(/["']/g, '')));
}

/** Parses like the program, without running a command. */
export async function accepted(words: string[], commandLine: (first?: string) => Promise<Command>): Promise<void> {
  const program = await commandLine(words[0]);
  for (const command of [program, ...below(program)]) {
    command.action(() => undefined).exitOverride();
    command.configureOutput({ writeErr: () => undefined });
  }
  await program.parseAsync(words, { from: 'user' });
}

/** @returns why one of the calls would be refused, or an npm script is unknown */
export async function refusalOf(
  shell: string,
  commandLine: (first?: string) => Promise<Command>,
): Promise<string | undefined> {
  for (const words of calls(shell)) {
    const refusal = await accepted(words, commandLine).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    if (refusal) return `ostiary ${words.join(' ')}: ${refusal}`;
  }
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object };
  const [, unknown] =
    [...shell.matchAll(/npm run (?:--silent )?([\w:]+)/g)].find(([, name = '']) => !(name in scripts)) ?? [];
  return unknown ? `package.json has no script '${unknown}'` : undefined;
}

const below = (command: Command): Command[] => command.commands.flatMap((next) => [next, ...below(next)]);
