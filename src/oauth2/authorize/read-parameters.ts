import { withoutTrailingSlashes } from '../../protocol/trailing-slashes.js';
import type { Configuration } from '../../config/configuration.js';
import { eachOnce } from '../../http/exchange/each-once.js';
import type { Exchange } from '../../http/exchange/exchange.js';
import type { FormParams } from '../../http/exchange/form-params.js';
import { hasForm, queryAndForm } from '../../http/exchange/query-and-form.js';
import { OAuthError } from '../../protocol/oauth-error.js';

/** The request of a browser, and the address under which the browser repeats it. */
export interface ReceivedRequest {
  parameters: FormParams;
  requestUrl: string;
}

/** These parameters decide the target of the response. If one is repeated, no address in the request is used. */
const DECIDING = [
  ...['client_id', 'redirect_uri', 'response_mode', 'request', 'request_uri'],
  ...['login_verifier', 'consent_verifier'],
];

/**
 * Reads the query and the body of a POST (OpenID Connect Core §3.1.2.1); the body takes precedence. The address contains
 * both, so that nothing is lost when the browser returns by GET.
 * @throws OAuthError invalid_request: 400 unreadable or a repeated deciding parameter (RFC 6749 §3.1), 413 or 414 too large
 */
export async function readParameters(exchange: Exchange, configuration: Configuration): Promise<ReceivedRequest> {
  const received = await read(exchange, configuration);
  eachOnce(received.parameters, DECIDING);
  return received;
}

/** The address of the authorization endpoint. */
export function authorizationAddress({ urls }: Configuration): string {
  return `${withoutTrailingSlashes(urls.self.public)}/oauth2/auth`;
}

async function read(exchange: Exchange, configuration: Configuration): Promise<ReceivedRequest> {
  const { limits } = configuration;
  const address = authorizationAddress(configuration);
  if (exchange.rawQuery.length > limits.authorize_query) throw tooMany(414, limits.authorize_query);
  const parameters = await queryAndForm(exchange);
  if (!hasForm(exchange)) return { parameters, requestUrl: `${address}?${exchange.rawQuery}` };
  const merged = parameters.toString();
  if (merged.length > limits.authorize_query) throw tooMany(413, limits.authorize_query);
  return { parameters, requestUrl: `${address}?${merged}` };
}

function tooMany(status: 413 | 414, limit: number): OAuthError {
  return new OAuthError('invalid_request', {
    status,
    description: 'The authorization request is larger than this server accepts.',
    hint: `Its parameters may have ${limit} characters: send less, or raise limits.authorize_query.`,
  });
}
