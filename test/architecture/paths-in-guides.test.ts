import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './dependency-cruiser.js';

const GUIDES = ['docs/how-it-works.md', 'CONTRIBUTING.md', 'README.md'];
/** A path of the repository in backticks. A path with a placeholder, such as `<name>`, does not match. */
const PATH = /`((?:src|test|migrations|docs|scripts|examples|openapi)\/[\w./-]*)`/g;
/** Links to files, without their fragment. */
const LINK = /\]\((?!https?:)([^)#]+)[^)]*\)/g;

function namedIn(guide: string, text: string): string[] {
  const prose = text.replace(/^ *```[^]*?^ *```$/gm, '');
  const links = [...prose.matchAll(LINK)].map(([, link = '']) => join(dirname(guide), link));
  return [...links, ...[...prose.matchAll(PATH)].map(([, path = '']) => path)];
}

describe('the guides for readers of the code', () => {
  it.each(GUIDES)('%s names paths that exist', async (guide) => {
    const named = namedIn(guide, await readFile(join(root, guide), 'utf8'));
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('docs/how-it-works.md names the existing file of each station', async () => {
    const text = await readFile(join(root, 'docs/how-it-works.md'), 'utf8');
    const rows = text.split('\n').filter((line) => line.startsWith('| ') && !/^\| (?:station|table|-)/.test(line));
    expect(rows.length).toBeGreaterThan(50);
    expect(rows.filter((row) => !row.includes('](../'))).toEqual([]);
  });
});
