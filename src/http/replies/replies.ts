/** Makes replies: the status, headers and body of an answer, without Express. Header names are lower case. */
import type { Response } from 'express';
import { stringifyJson } from '../../protocol/json.js';
import { Reply } from './reply.js';
import { CONTENT_SECURITY_POLICY } from './content-security-policy.js';

type Headers = Record<string, string | string[]>;

/** A JSON document that ends in a line feed. Integers beyond 2^53 (BigInt) keep their digits. */
export function jsonReply(status: number, value: unknown, headers?: Headers): Reply {
  return jsonTextReply(status, stringifyJson(value), headers);
}

/** The same reply from a document that is JSON text already. */
export function jsonTextReply(status: number, json: string, headers?: Headers): Reply {
  return new Reply(status, { 'content-type': 'application/json; charset=utf-8', ...headers }, `${json}\n`);
}

/** The same reply, which no cache may store (RFC 6749 §5.1). */
export function noStore(reply: Reply): Reply {
  return reply.withHeaders({ 'cache-control': 'no-store', pragma: 'no-cache' });
}

/** `cookies` are whole Set-Cookie lines. Control characters in the target cannot break the header: they are encoded. */
export function redirectReply(
  status: 302 | 303 | 307,
  location: string,
  extra: { cookies?: string[]; headers?: Headers } = {},
): Reply {
  const headers: Headers = { location: headerSafe(location), ...extra.headers };
  if (extra.cookies?.length) headers['set-cookie'] = extra.cookies;
  return new Reply(status, headers);
}

/**
 * A page under strict security headers: it may load nothing but the style sheet of `page()`, cannot be framed, and sends no
 * referrer. A page that needs more passes a `content-security-policy` made by `contentSecurityPolicy`.
 */
export function htmlReply(status: number, html: string, headers?: Headers): Reply {
  const strict = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': CONTENT_SECURITY_POLICY,
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'interest-cohort=()',
  };
  return new Reply(status, { ...strict, ...headers }, html);
}

/** Sends a reply through Express. The HTTP adapter calls it with the reply that a controller returns. */
export function respond(response: Response, reply: Reply): void {
  response.statusCode = reply.status;
  for (const [name, value] of Object.entries(reply.headers)) response.setHeader(name, value);
  if (reply.body !== undefined) response.setHeader('content-length', Buffer.byteLength(reply.body));
  response.end(reply.body);
}

/** A header may hold printable ASCII; a browser reads the encoded form as the same address. */
function headerSafe(location: string): string {
  return location
    .replace(/\p{Surrogate}/gu, '\ufffd') // half a pair, which has no encoded form
    .replace(/[^\u0021-\u007e]/gu, encodeURIComponent);
}
