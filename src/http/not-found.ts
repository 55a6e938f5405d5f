/** The answer where no route is, for a wrong method too: a page, plain text, or JSON in the reference's nested form. */
import { preferred } from './accept.js';
import type { Exchange, Reply } from './exchange.js';
import { en } from './languages/en.js';
import { textsFor } from './languages/page-language.js';
import type { PageTexts } from './languages/page-texts.js';
import { escapeHtml, page } from './page.js';
import { htmlReply, jsonReply } from './replies.js';

const REASON = en.notFound.text;
const DOCUMENT = { error: { code: 404, message: 'Not Found', reason: REASON } };

export function notFoundReply(exchange: Exchange): Reply {
  switch (preferred(exchange.headers.accept, ['text/html', 'text/plain', 'application/json'])) {
    case 'application/json':
      return jsonReply(404, DOCUMENT);
    case 'text/plain':
      return {
        status: 404,
        headers: { 'content-type': 'text/plain; charset=utf-8' },
        body: `404 Not Found. ${REASON}\n`,
      };
    default:
      return htmlReply(404, pageOf(textsFor(exchange)));
  }
}

function pageOf({ lang, notFound: { title, text } }: PageTexts): string {
  return page({ title, body: `<p>${escapeHtml(text)}</p>`, lang });
}
