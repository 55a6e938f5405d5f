/** The pages of the documentation, and the blocks in them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../e2e/support/built.js';

export interface Block {
  /** The path of the page from the root of the repository. */
  page: string;
  /** The line of its first fence. */
  line: number;
  /** The first word behind the fence; empty where there is none. */
  kind: string;
  /** Without the indent of the fence. */
  text: string;
  /** The words of the comment `<!-- test: … -->` above it. */
  note: string;
}

const BLOCK = /(?:^ *<!-- test: ([^]*?) -->\n\s*)?^( *)```([\w-]*)[^\n]*\n([^]*?)^\2```$/gm;

const markdownIn = (folder: string): string[] =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`)
    .sort();

/** Pages whose commands are executed. */
export const GUIDES = ['README.md', 'docs/getting-started.md', ...markdownIn('docs/guides')];

/** All pages: those in `docs`, and those that GitHub shows beside the source. */
export const PAGES = [
  ...new Set([
    ...GUIDES,
    ...markdownIn('docs'),
    ...markdownIn('docs/adr'),
    ...['CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', 'examples/README.md'],
    ...['test/docs/README.md', 'test/faults/README.md'],
  ]),
];

export const textOf = (page: string): string => readFileSync(join(root, page), 'utf8');

export function blocksOf(page: string): Block[] {
  const text = textOf(page);
  return [...text.matchAll(BLOCK)].map((match) => {
    const [whole, note = '', indent = '', kind = '', body = ''] = match;
    const before = text.slice(0, match.index + whole.indexOf('```'));
    const inner = body.replaceAll(new RegExp(`^${indent}`, 'gm'), '');
    return { page, line: before.split('\n').length, kind, text: inner, note: note.replaceAll(/\s+/g, ' ').trim() };
  });
}

/** `page:line`, as editors open it. */
export const placeOf = ({ page, line }: Pick<Block, 'page' | 'line'>): string => `${page}:${String(line)}`;

/** The text of a page without its blocks and comments, on the same lines. */
export function proseOf(page: string): string {
  const blank = (part: string): string => part.replaceAll(/[^\n]/g, '');
  return textOf(page)
    .replaceAll(/^( *)```[^]*?^\1```$/gm, blank)
    .replaceAll(/<!--[^]*?-->/g, blank);
}
