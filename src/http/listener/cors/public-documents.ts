/**
 * All documents under `/.well-known/` on the public listener are public: any origin may read them, whether or not CORS is
 * configured. Credentials are never allowed, because the documents do not depend on them.
 */
import type { CorsDecision } from './cors-decision.js';
import type { Exchange } from '../../exchange/exchange.js';
import { isPreflight, wantedHeaders } from './preflight.js';
import { Reply } from '../../replies/reply.js';

const WELL_KNOWN = '/.well-known/';
const EVERYBODY: CorsDecision = { headers: { 'access-control-allow-origin': '*' } };
/** RFC 9110 §5.6.2: the name of a header. */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

/** The issuer's path may stand before or behind `/.well-known` (RFC 8414 §3.1). */
export function isPublicDocument({ listener, path }: Exchange): boolean {
  return listener === 'public' && path.includes(WELL_KNOWN);
}

/** Preflights are answered too: pages send their own headers, such as MCP-Protocol-Version. */
export function publicDocument(exchange: Exchange): CorsDecision {
  if (!isPreflight(exchange)) return EVERYBODY;
  const wanted = wantedHeaders(exchange.headers).filter((name) => TOKEN.test(name));
  return {
    headers: {
      ...EVERYBODY.headers,
      vary: 'Access-Control-Request-Headers',
      'access-control-allow-methods': 'GET, HEAD',
      ...(wanted.length > 0 && { 'access-control-allow-headers': wanted.join(', ') }),
    },
    reply: new Reply(204),
  };
}
