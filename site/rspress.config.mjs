/**
 * The site of the documentation: `npm run docs` in the folder above. The pages are those of docs/, as they are; the menu is what
 * docs/index.md lists. Search runs in the browser on an index that is part of the site: nothing is loaded from elsewhere.
 */
import { fileURLToPath } from 'node:url';
import { defineConfig } from '@rspress/core';
import { menu } from './menu.mjs';
import { drawings, linksOutside } from './pages.mjs';

const docs = fileURLToPath(new URL('../docs', import.meta.url));

export default defineConfig({
  root: docs,
  outDir: fileURLToPath(new URL('dist', import.meta.url)),
  base: process.env.DOCS_BASE ?? '/',
  title: 'Ostiary',
  description: 'An OAuth 2.0 authorization server and OpenID Connect provider',
  markdown: {
    link: { checkDeadLinks: false }, // test/docs/links.test.ts does, the anchors too
    remarkPlugins: [[linksOutside, { docs, repository: process.env.DOCS_REPOSITORY }], drawings],
  },
  themeConfig: { sidebar: { '/': menu(docs) }, nav: [] },
  search: { codeBlocks: true },
});
