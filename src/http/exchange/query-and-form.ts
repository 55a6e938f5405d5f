/** The parameters of endpoints that browsers call by GET and by POST (OpenID Connect Core §3.1.2.1). */
import type { Exchange } from './exchange.js';
import type { FormParams } from './form-params.js';

/**
 * The parameters of the body, which take precedence, and of the query. A POST without a body has all of them in its query.
 * @throws OAuthError as `query` and `form` of the exchange
 */
export async function queryAndForm(exchange: Exchange): Promise<FormParams> {
  const query = exchange.query();
  return hasForm(exchange) ? (await exchange.form()).merge(query) : query;
}

/** RFC 9112 §6.3: a request with neither a transfer coding nor a length has no body. */
export function hasForm({ method, headers }: Exchange): boolean {
  if (method !== 'POST') return false;
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}
