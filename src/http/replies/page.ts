/** The frame of the built-in pages: plain, accessible, without scripts. */
import { STYLE_SHEET } from './style-sheet.js';

interface PageContent {
  /** Plain text: it is escaped here. */
  title: string;
  /** HTML: every value in it has passed `escapeHtml`. */
  body: string;
  /** The language tag of the page. Default: en. */
  lang?: string;
}

export function page({ title, body, lang = 'en' }: PageContent): string {
  return `<!doctype html>
<html lang="${escapeHtml(lang)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)}</title>
<style>${STYLE_SHEET}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${body}
</main>
</body>
</html>
`;
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/** The result is safe as text and in a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => ENTITIES[character] ?? character);
}
