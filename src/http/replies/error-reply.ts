/**
 * Converts every error to an answer. Known errors say what to change; an unreachable store is a 503; everything else is a
 * fault of this server: a 500 that names the request id, while the cause goes to the log. Answers never contain a stack.
 */
import { Logger } from '@nestjs/common';
import { HashingQueueFull } from '../../crypto/secret-hasher-queue.js';
import { DatabaseBusy } from '../../database/database-busy.js';
import { isUnavailable } from '../../database/unavailable.js';
import { FlowStoreUnavailable } from '../../flow-store/flow-store.js';
import { ThrottledReport } from '../../protocol/throttled-report.js';
import { OAuthError, serverError, temporarilyUnavailable } from '../../protocol/oauth-error.js';
import type { Exchange } from '../exchange/exchange.js';
import type { Reply } from './reply.js';
import { jsonReply } from './replies.js';

const log = new Logger('http');
/** Under overload there may be thousands of these errors per second. */
const busy = new ThrottledReport<object>(1_000, (latest, requests) => {
  log.warn({ ...latest, requests });
});
const unchanged = (error: OAuthError): OAuthError => error;
const RETRY_AFTER = { 'retry-after': '1' };

/**
 * The reply for any error that an endpoint threw.
 * @param toShown adds the endpoint's own details to its errors
 */
export function errorReply(error: unknown, exchange: Exchange, toShown = unchanged): Reply {
  const known = toShown(toOAuthError(error, exchange));
  const headers = { ...(known.status === 503 && RETRY_AFTER), ...lowerCased(known.headers) };
  return jsonReply(known.status, shownParameters(known, exchange), headers);
}

/**
 * The error that the client may see in place of any other; the hidden cause is logged under the request id. For endpoints
 * that deliver errors in another form than JSON (redirects, pages).
 */
export function toOAuthError(error: unknown, exchange: Exchange): OAuthError {
  if (error instanceof OAuthError) return error.status >= 500 ? logged(error, error.cause ?? error, exchange) : error;
  if (error instanceof FlowStoreUnavailable || isUnavailable(error)) {
    const hint = `Try again in a moment: ${obstacleOf(error)}.`;
    return logged(temporarilyUnavailable(hint, error).withHeaders(RETRY_AFTER), error, exchange);
  }
  return logged(serverError(`The log tells more under request id ${exchange.requestId}.`, error), error, exchange);
}

function obstacleOf(error: unknown): string {
  if (error instanceof DatabaseBusy) return 'the server has more work than it can do';
  return `the ${error instanceof FlowStoreUnavailable ? 'flow store' : 'database'} cannot be reached`;
}

function logged(known: OAuthError, cause: unknown, exchange: Exchange): OAuthError {
  const what = `${exchange.method} ${exchange.path} ${known.status} ${known.code}`;
  const entry = { message: what, request_id: exchange.requestId, reason: reasonOf(cause) };
  if (cause instanceof DatabaseBusy || cause instanceof HashingQueueFull) busy.record(entry);
  else if (known.status === 503) log.warn(entry);
  else log.error({ message: what, request_id: exchange.requestId, error: cause });
  return known;
}

/** The parameters for the client. `oauth2.expose_internal_errors` adds the cause to the description (for development). */
export function shownParameters(known: OAuthError, exchange: Exchange): { error: string; error_description: string } {
  const shown = known.toParameters();
  if (!exchange.exposeInternalErrors || known.cause === undefined) return shown;
  return { ...shown, error_description: `${shown.error_description} ${reasonOf(known.cause)}`.replaceAll('"', "'") };
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function lowerCased(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
