import { eachOnce } from './each-once.js';
import type { Exchange } from './exchange.js';

const PARAMETER = 'access_token';
/** The names of schemes are case-insensitive (RFC 9110 §11.1). */
const SCHEMES = { Bearer: /^bearer +(\S+)\s*$/i, DPoP: /^dpop +(\S+)\s*$/i };
const FORM = /^(application\/x-www-form-urlencoded|multipart\/form-data)\b/i;

/**
 * The bearer token of a request, from the header or the form of a POST (RFC 6750 §2).
 * @param inQuery whether the query counts too (§2.3); addresses are kept in logs and histories (RFC 9700 §4.3.2)
 */
export async function bearerToken(exchange: Exchange, inQuery: boolean): Promise<string | undefined> {
  const token = tokenOfScheme(exchange, 'Bearer');
  if (token !== undefined) return token;
  if (exchange.method === 'POST' && FORM.test(exchange.headers['content-type'] ?? '')) {
    const sent = eachOnce(await exchange.form(), [PARAMETER]).first(PARAMETER);
    if (sent) return sent;
  }
  return inQuery ? eachOnce(exchange.query(), [PARAMETER]).first(PARAMETER) : undefined;
}

/** The token in the header Authorization, if it has this scheme (RFC 6750 §2.1, RFC 9449 §7.1). */
export function tokenOfScheme({ headers }: Exchange, scheme: keyof typeof SCHEMES): string | undefined {
  return SCHEMES[scheme].exec(headers.authorization ?? '')?.[1];
}
