/** The answer for unknown routes and wrong methods: a page, plain text, or JSON in Hydra's nested form. */
import { preferred } from './accept.js';
import type { Exchange } from '../exchange/exchange.js';
import { Reply } from './reply.js';
import { escapeHtml, page } from './page.js';
import { type Language, languageFor } from './page-language.js';
import { PAGE_TEXTS } from './page-texts.js';
import { htmlReply, jsonReply } from './replies.js';

const REASON = PAGE_TEXTS.en.notFound.text;
const DOCUMENT = { error: { code: 404, message: 'Not Found', reason: REASON } };

export function notFoundReply(exchange: Exchange): Reply {
  switch (preferred(exchange.headers.accept, ['text/html', 'text/plain', 'application/json'])) {
    case 'application/json':
      return jsonReply(404, DOCUMENT);
    case 'text/plain':
      return new Reply(404, { 'content-type': 'text/plain; charset=utf-8' }, `404 Not Found. ${REASON}\n`);
    default:
      return htmlReply(404, pageOf(languageFor(exchange)));
  }
}

function pageOf(lang: Language): string {
  const { title, text } = PAGE_TEXTS[lang].notFound;
  return page({ title, body: `<p>${escapeHtml(text)}</p>`, lang });
}
