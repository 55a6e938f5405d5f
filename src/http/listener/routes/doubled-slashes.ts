/**
 * Redirects paths with doubled slashes on the public listener: they come from joining an issuer address that ends in a slash
 * with a path. They lead to the clean path, as in Hydra, and keep method and body (307).
 */
import type { Exchange } from '../../exchange/exchange.js';
import type { Reply } from '../../replies/reply.js';
import { notFoundReply } from '../../replies/not-found.js';
import { redirectReply } from '../../replies/replies.js';
import { isHidden } from './request-path.js';

/** Segments of RFC 3986 §3.3. A backslash is refused: browsers read it as a slash, and `/\host` as another host. */
const PATH = /^(?:\/|(?:\/[\w.~!$&'()*+,;=:@%-]+)+)$/;
/** Browsers remove dot segments, encoded ones too, and would request another path than the one checked here. */
const DOT_SEGMENT = /\/(?:\.|%2e){1,2}(?:\/|$)/i;

export function hasDoubledSlashes({ listener, path }: Exchange): boolean {
  return listener === 'public' && (path.includes('//') || (path.endsWith('/') && path !== '/'));
}

/** The path without doubled slashes. */
export function cleanPath(path: string): string {
  return path.replace(/\/{2,}/g, '/').replace(/(?<=.)\/$/, '');
}

/** Redirects to the clean path on this server; 404 if it is an administration path or not a plain path. */
export function doubledSlashesReply(exchange: Exchange): Reply {
  const clean = cleanPath(exchange.path);
  if (!PATH.test(clean) || DOT_SEGMENT.test(clean) || isHidden('public', decodeURIComponent(clean))) {
    return notFoundReply(exchange);
  }
  return redirectReply(307, exchange.rawQuery ? `${clean}?${exchange.rawQuery}` : clean);
}
