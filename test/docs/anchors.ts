/** The anchors of a page's headings, as GitHub and the site make them. */
import { textOf } from './pages.js';

const known = new Map<string, Set<string>>();

export function anchorsOf(page: string): Set<string> {
  let anchors = known.get(page);
  if (!anchors) known.set(page, (anchors = new Set(slugs(page))));
  return anchors;
}

/** A heading that repeats an earlier one gets a number. */
function slugs(page: string): string[] {
  const seen = new Map<string, number>();
  const text = textOf(page).replaceAll(/^( *)```[^]*?^\1```$/gm, '');
  return [...text.matchAll(/^#{1,6} +(.+?) *#*$/gm)].map(([, heading = '']) => {
    const slug = slugOf(heading);
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${String(before)}`;
  });
}

const slugOf = (heading: string): string =>
  heading
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-');
