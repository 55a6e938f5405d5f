/** Links, anchors and images of the documentation lead somewhere, and each page is found from the index. */
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../e2e/support/built.js';
import { anchorsOf } from './anchors.js';
import { PAGES, placeOf, proseOf } from './pages.js';

const INDEX = 'docs/index.md';

interface Link {
  page: string;
  line: number;
  text: string;
  target: string;
  isImage: boolean;
}

const INLINE = /(!?)\[((?:[^[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)/g;
const DEFINITION = /^ *\[([^\]]+)\]: (\S+)$/gm;

function linksOf(page: string): Link[] {
  const prose = proseOf(page).replaceAll(/(`+)[^`]*\1/g, (code) => 'x'.repeat(code.length));
  const line = (index: number): number => prose.slice(0, index).split('\n').length;
  return [
    ...[...prose.matchAll(INLINE)].map(({ index, 1: mark, 2: text = '', 3: target = '' }) => ({
      ...{ page, line: line(index), text, target, isImage: mark === '!' },
    })),
    ...[...prose.matchAll(DEFINITION)].map(({ index, 1: text = '', 2: target = '' }) => ({
      ...{ page, line: line(index), text, target, isImage: false },
    })),
  ];
}

const links = PAGES.flatMap(linksOf);
const inside = links.filter(({ target }) => !/^[a-z]+:/.test(target));
const told = (found: Link[]): string[] => found.map((link) => `${placeOf(link)}: ${link.target}`);

/** The file that a link names, from the root, and the anchor in it. */
function destination({ page, target }: Link): { file: string; anchor: string } {
  const [path = '', anchor = ''] = target.split('#');
  return { file: path ? normalize(join(dirname(page), path)) : page, anchor };
}

describe('the links of the documentation', () => {
  it('are found', () => {
    expect(inside.length).toBeGreaterThan(300);
  });

  it('lead to files', () => {
    expect(told(inside.filter((link) => !existsSync(join(root, destination(link).file))))).toEqual([]);
  });

  it('lead to headings', () => {
    const missed = inside.filter((link) => {
      const { file, anchor } = destination(link);
      return anchor !== '' && file.endsWith('.md') && !anchorsOf(file).has(anchor);
    });
    expect(told(missed)).toEqual([]);
  });

  it('to other sites use https', () => {
    const outside = links.filter(({ target }) => /^[a-z]+:/.test(target) && !target.startsWith('mailto:'));
    expect(told(outside.filter(({ target }) => !target.startsWith('https://') || !URL.canParse(target)))).toEqual([]);
  });

  it('to images say what the image shows', () => {
    expect(told(links.filter(({ isImage, text }) => isImage && text.trim().length < 10))).toEqual([]);
  });

  it('to images begin with a dot, as the bundler of the site needs', () => {
    expect(told(inside.filter(({ isImage, target }) => isImage && !target.startsWith('.')))).toEqual([]);
  });

  it('lead from the index to every page', () => {
    const named = new Set(linksOf(INDEX).map((link) => destination(link).file));
    const pages = PAGES.filter((page) => page.startsWith('docs/') && !page.startsWith('docs/adr/') && page !== INDEX);
    expect(pages.filter((page) => !named.has(page))).toEqual([]);
  });
});
