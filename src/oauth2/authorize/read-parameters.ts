import type { Configuration } from '../../config/configuration.js';
import type { Exchange } from '../../http/exchange.js';
import type { FormParams } from '../../http/form-params.js';
import { OAuthError } from '../../protocol/oauth-error.js';

/** A visit of a browser: what it brought, and the address under which the same request is asked again. */
export interface Visit {
  parameters: FormParams;
  requestUrl: string;
}

/**
 * Query and, of a POST, body (OpenID Connect Core §3.1.2.1): the body counts first. The address holds both, so that
 * nothing is lost when the browser comes back by GET.
 * @throws OAuthError invalid_request: 400 unreadable, 413 or 414 more than `limits` allow
 */
export async function readParameters(exchange: Exchange, { limits, urls }: Configuration): Promise<Visit> {
  const address = `${urls.self.public.replace(/\/+$/, '')}/oauth2/auth`;
  if (exchange.rawQuery.length > limits.authorize_query) throw tooMany(414, limits.authorize_query);
  const query = exchange.query();
  if (exchange.method !== 'POST' || isWithoutBody(exchange)) {
    return { parameters: query, requestUrl: `${address}?${exchange.rawQuery}` };
  }
  const parameters = (await exchange.form()).merge(query);
  const merged = parameters.toString();
  if (merged.length > limits.authorize_query) throw tooMany(413, limits.authorize_query);
  return { parameters, requestUrl: `${address}?${merged}` };
}

/** A POST whose parameters are all in the address. */
function isWithoutBody({ headers }: Exchange): boolean {
  return headers['transfer-encoding'] === undefined && (headers['content-length'] ?? '0') === '0';
}

function tooMany(status: 413 | 414, limit: number): OAuthError {
  return new OAuthError('invalid_request', {
    status,
    description: 'The authorization request is larger than this server accepts.',
    hint: `Its parameters may have ${limit} characters: send less, or raise limits.authorize_query.`,
  });
}
