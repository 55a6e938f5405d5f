import type { Exchange } from './exchange.js';

const FORM = /^(application\/x-www-form-urlencoded|multipart\/form-data)\b/i;

/** The bearer token of a request: from the header, the form of a POST, or the query (RFC 6750 §2). */
export async function bearerToken(exchange: Exchange): Promise<string | undefined> {
  const header = /^bearer +(\S+)\s*$/i.exec(exchange.headers.authorization ?? '');
  if (header) return header[1];
  if (exchange.method === 'POST' && FORM.test(exchange.headers['content-type'] ?? '')) {
    const token = (await exchange.form()).first('access_token');
    if (token) return token;
  }
  return exchange.query().first('access_token');
}
