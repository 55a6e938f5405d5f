import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { beforeAll, describe, expect, it } from 'vitest';
import { commandLine } from '../../../src/cli/command-line.js';
import { CLIENT_FLAGS } from '../../../src/cli/oauth2-client/client-flags.js';
import { accepted, calls } from '../../docs/command-lines.js';
import { root } from '../../e2e/support/built.js';

const text = readFileSync(join(root, 'docs/command-line.md'), 'utf8');
const sections = new Map(
  text
    .split(/^### ostiary /m)
    .slice(1)
    .map((section): [string, string] => [section.slice(0, section.indexOf('\n')), section]),
);
const [general = ''] = text.split(/^## /m);

let commands: Map<string, Command>;

beforeAll(async () => {
  commands = new Map(leaves(await commandLine(), ''));
});

function leaves(command: Command, path: string): [string, Command][] {
  if (command.commands.length === 0) return [[path.trim(), command]];
  return command.commands.flatMap((next) => leaves(next, `${path} ${next.name()}`));
}

const flagsOf = (command: Command): string[] =>
  command.options.filter(({ hidden, long }) => !hidden && long !== undefined).map(({ long }) => long ?? '');

/** The flags that the introduction explains for all commands. */
const COMMON = [...general.matchAll(/^\|[^|]*`(--[a-z-]+)`[^|]*\|/gm)].map(([, flag]) => flag ?? '');

describe('docs/command-line.md', () => {
  it('has a section for each command, and no other sections', () => {
    expect([...sections.keys()].sort()).toEqual([...commands.keys()].sort());
  });

  it.each([...sections])('lists the flags of %s', (path, section) => {
    const command = commands.get(path);
    const [, listed = ''] = /^Flags: (.*)$/m.exec(section) ?? [];
    const own = command ? flagsOf(command).filter((flag) => !COMMON.includes(flag)) : [];
    expect([...listed.matchAll(/`(--[a-z-]+)`/g)].map(([, flag]) => flag)).toEqual(own);
  });

  it.each([...sections])('names the aliases of %s', (path, section) => {
    for (const alias of commands.get(path)?.aliases() ?? []) expect(section).toContain(`\`${alias}\``);
  });

  it.each([...sections])('has examples of %s that the program accepts', async (_path, section) => {
    const blocks = [...section.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) => block);
    const examples = calls(blocks.join('\n'));
    expect(examples.length).toBeGreaterThan(0);
    for (const words of examples) await accepted(words, commandLine);
  });

  it('names the member that each flag of a client sets', () => {
    for (const { name, member } of CLIENT_FLAGS) {
      expect(sections.get('create oauth2-client')).toMatch(new RegExp(`\\| \`--${name}\` +\\| \`${member}\` `));
    }
  });
});
