/** The outcome of an attempt to notify a receiver of a logout. */
import { OutboundError } from '../../http/outbound/outbound-error.js';
import type { Delivery } from './logout-delivery.statements.js';

/** `retry`: another attempt may succeed. `failed`: it cannot. */
export interface DeliveryOutcome {
  kind: 'delivered' | 'retry' | 'failed';
  /** HTTP status of the response, if there was one. */
  status?: number;
  /** The reason for operators; of an address it contains at most the host. */
  failure?: string;
}

/** A receiver of notifications that a session has ended. */
export interface LogoutReceiver {
  /** Makes one attempt. @throws any error of the request */
  notify(delivery: Delivery, now: Date): Promise<DeliveryOutcome>;
}

/** The maximum length of a response body, whose content is ignored. */
export const MAX_ANSWER_BYTES = 1_048_576;

/** By its status the receiver reports a temporary failure: timeout, too early, too many requests. */
const TEMPORARY = new Set([408, 425, 429]);

export const delivered = (status: number): DeliveryOutcome => ({ kind: 'delivered', status });
export const failed = (failure: string, status?: number): DeliveryOutcome => ({ kind: 'failed', status, failure });
export const retry = (failure: string, status?: number): DeliveryOutcome => ({ kind: 'retry', status, failure });

/**
 * OpenID Connect Back-Channel Logout §2.8: success is 200, or 204 from frameworks that turn an empty 200 into it; 400 means
 * that the request was invalid or the logout failed. §2.5 allows a retry only after a temporary failure: errors of the
 * server, and redirects, which are not followed and often lead to a maintenance page.
 */
export function outcomeOfStatus(status: number): DeliveryOutcome {
  if (status === 200 || status === 204) return delivered(status);
  const isRedirect = status >= 300 && status < 400;
  const failure = isRedirect ? 'It answered with a redirect, which is not followed.' : `It answered ${status}.`;
  return isRedirect || status >= 500 || TEMPORARY.has(status) ? retry(failure, status) : failed(failure, status);
}

/** The outcome of a thrown error: only a forbidden address or a response that is too long is final. */
export function outcomeOfError(error: unknown): DeliveryOutcome {
  if (!(error instanceof OutboundError)) return retry('This server could not make the request: see its log.');
  return error.isTransient ? retry(error.message) : failed(error.message);
}
