import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { beforeAll, describe, expect, it } from 'vitest';
import { commandLine } from '../../../src/cli/command-line.js';
import { accepted, calls } from '../../docs/command-lines.js';
import { flagText } from '../../docs/flag-tables.js';
import { root } from '../../e2e/support/built.js';

const page = join(root, 'docs/command-line.md');
const text = readFileSync(page, 'utf8');
const FLAGS = /<!-- flags -->[^]*?<!-- end of flags -->/;
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

/** The flags that the introduction explains for all commands. */
const COMMON = [...general.matchAll(/^\|[^|]*`(--[a-z-]+)`[^|]*\|/gm)].map(([, flag]) => flag ?? '');

describe('docs/command-line.md', () => {
  it('has a section for each command, and no other sections', () => {
    expect([...sections.keys()].sort()).toEqual([...commands.keys()].sort());
  });

  // WRITE_DOCS=1 writes them into the page.
  it('tells the flags of each command as the program does', async () => {
    let next = text;
    for (const [path, command] of commands) {
      const told = await flagText(path, command, COMMON);
      if (told) expect(sections.get(path), `${path} has no place for its flags`).toMatch(FLAGS);
      next = next.replace(sections.get(path) ?? '', (section) =>
        section.replace(FLAGS, told && `<!-- flags -->\n\n${told}\n\n<!-- end of flags -->`),
      );
    }
    if (process.env['WRITE_DOCS'] === '1') writeFileSync(page, next);
    else expect(text).toBe(next);
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
});
