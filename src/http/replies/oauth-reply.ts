import type { OAuthError } from '../../protocol/oauth-error.js';
import { errorReply } from './error-reply.js';
import type { Exchange } from '../exchange/exchange.js';
import { noStore } from './replies.js';
import type { Reply } from './reply.js';

/**
 * The reply of an OAuth endpoint: no cache may store it, whether success or error (RFC 6749 §5.1), and every error becomes an
 * OAuth error. Never throws.
 * @param toShown adds the endpoint's own details to its errors, such as the challenge of a protected resource
 */
export async function oauthReply(
  exchange: Exchange,
  answer: () => Promise<Reply>,
  toShown?: (error: OAuthError) => OAuthError,
): Promise<Reply> {
  try {
    return noStore(await answer());
  } catch (error) {
    return noStore(errorReply(error, exchange, toShown));
  }
}
