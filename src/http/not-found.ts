/** The answer where no route is, for a wrong method too: a page, plain text, or JSON in the reference's nested form. */
import { preferred } from './accept.js';
import type { Exchange, Reply } from './exchange.js';
import { page } from './page.js';
import { htmlReply, jsonReply } from './replies.js';

const REASON = 'This server has no such route: check the path, the method, and whether the port is the right one.';
const PAGE = page({ title: '404 Not Found', body: `<p>${REASON}</p>` });
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
      return htmlReply(404, PAGE);
  }
}
