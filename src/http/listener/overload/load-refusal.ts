/** The answer under overload, prepared in advance because it is sent thousands of times per second. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { temporarilyUnavailable } from '../../../protocol/oauth-error.js';
import { lingerBeforeClose } from '../../exchange/request-body.js';

/** The connection is closed when a client sends more than this. */
const SMALL_BODY_BYTES = 65_536;
/** In seconds; different values, so that not all clients retry at the same time. */
const RETRY_AFTER = ['1', '2', '3'];

const FAULT = temporarilyUnavailable('The server has more work than it can do. Try again in a moment.');
/** Strings, not buffers: Node sends a string together with the head, in one system call. */
const JSON_BODY = `${JSON.stringify(FAULT.toParameters())}\n`;
const PAGE =
  '<!doctype html><html lang="en"><meta charset="utf-8"><title>Busy</title><p>This server has more work than it can do at the moment. Please try again in a few seconds.</p></html>\n';

const headersOf = (type: string, body: string): string[][] =>
  RETRY_AFTER.map((seconds) => [
    ...['content-type', type, 'cache-control', 'no-store', 'retry-after', seconds],
    ...['x-content-type-options', 'nosniff', 'content-length', String(Buffer.byteLength(body))],
  ]);
const JSON_HEADERS = headersOf('application/json; charset=utf-8', JSON_BODY);
const PAGE_HEADERS = headersOf('text/html; charset=utf-8', PAGE);

let turn = 0;

/** Reads nothing of the request. Its connection stays open unless a long body is on its way. */
export function refuseForLoad(request: IncomingMessage, response: ServerResponse): void {
  const isPage = request.headers.accept?.includes('text/html') ?? false;
  turn = (turn + 1) % RETRY_AFTER.length;
  if (hasLongBody(request)) {
    response.shouldKeepAlive = false;
    lingerBeforeClose(request);
  }
  response.sendDate = false; // RFC 9110 §6.6.1: not needed in an answer with a 5xx status
  response.writeHead(503, (isPage ? PAGE_HEADERS : JSON_HEADERS)[turn]);
  response.end(isPage ? PAGE : JSON_BODY, 'latin1');
}

function hasLongBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > SMALL_BODY_BYTES;
}
