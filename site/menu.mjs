/** The menu of the site, from the lists of docs/index.md: each heading is a group, each link an entry. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const LINK = /\[([^\]]+)\]\(([\w./-]+)\.md\)/g;

export function menu(docs) {
  const [, ...groups] = readFileSync(join(docs, 'index.md'), 'utf8').split(/^## /m);
  return [
    { text: 'Where to begin', link: '/index' },
    ...groups.map((group) => ({
      text: group.slice(0, group.indexOf('\n')),
      collapsible: true,
      items: entries(group),
    })),
  ].filter(({ items }) => items === undefined || items.length > 0);
}

const entries = (group) =>
  [...group.matchAll(LINK)].map(([, text, page]) => ({ text: text.replaceAll('`', ''), link: `/${page}` }));
