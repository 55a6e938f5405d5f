/** What the site changes in the pages of docs/, which are written for GitHub: plugins of remark. */
import { dirname, relative, resolve } from 'node:path';
import { renderMermaidSVG } from 'beautiful-mermaid';

/** @param visit called with each node of the type, its parent and its place there */
function each(tree, type, visit) {
  const walk = (node) => {
    node.children?.forEach((child, index) => {
      walk(child);
      if (child.type === type) visit(child, node, index);
    });
  };
  walk(tree);
}

/**
 * Links to files that are no pages, such as the source, lead to the repository; without its address they become text.
 *
 * @param options.repository the address of a folder of the repository, such as `https://git.example.com/ostiary/blob/main`
 */
export function linksOutside({ docs, repository }) {
  return (tree, { path }) =>
    each(tree, 'link', (link, parent, index) => {
      if (/^([a-z]+:|#|\/)/.test(link.url)) return;
      const target = resolve(dirname(path), link.url);
      if (target.startsWith(`${docs}/`) && /\.md(#|$)/.test(target)) return;
      if (repository) link.url = `${repository}/${relative(resolve(docs, '..'), target)}`;
      else parent.children.splice(index, 1, { type: 'emphasis', children: link.children });
    });
}

/** Drawings are rendered while the site is built. */
export const drawings = () => (tree) =>
  each(tree, 'code', (code, parent, index) => {
    if (code.lang === 'mermaid') parent.children[index] = { type: 'html', value: drawn(code.value) };
  });

/** The renderer asks for a font of another site, which no page may do. */
export function drawn(text) {
  const colours = { bg: 'var(--rp-c-bg, #fff)', fg: 'var(--rp-c-text-1, #27272a)', muted: 'var(--rp-c-text-2, #555)' };
  const svg = renderMermaidSVG(text, colours);
  return `<figure>${svg.replace(/@import[^;]+;/g, '').replace(/\n\s*\n/g, '\n')}</figure>`;
}
