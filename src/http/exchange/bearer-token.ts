import { eachOnce } from './each-once.js';
import type { Exchange } from './exchange.js';

const PARAMETER = 'access_token';
const FORM = /^(application\/x-www-form-urlencoded|multipart\/form-data)\b/i;

/**
 * The bearer token of a request, from the header or the form of a POST (RFC 6750 §2).
 * @param inQuery whether the query counts too (§2.3); addresses are kept in logs and histories (RFC 9700 §4.3.2)
 */
export async function bearerToken(exchange: Exchange, inQuery: boolean): Promise<string | undefined> {
  const header = /^bearer +(\S+)\s*$/i.exec(exchange.headers.authorization ?? '');
  if (header) return header[1];
  if (exchange.method === 'POST' && FORM.test(exchange.headers['content-type'] ?? '')) {
    const token = eachOnce(await exchange.form(), [PARAMETER]).first(PARAMETER);
    if (token) return token;
  }
  return inQuery ? eachOnce(exchange.query(), [PARAMETER]).first(PARAMETER) : undefined;
}
