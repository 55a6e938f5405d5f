/** What an attempt to tell a receiver of a logout came to. */
import { OutboundError } from '../../http/outbound-error.js';

/** `retry`: another attempt can end otherwise. `failed`: it cannot. */
export interface DeliveryOutcome {
  kind: 'delivered' | 'retry' | 'failed';
  /** HTTP status of the answer, where there was one. */
  status?: number;
  /** For operators; without addresses beyond the host. */
  failure?: string;
}

/** The other side says itself that it is a matter of time: timeout, too early, too many requests. */
const PASSING = new Set([408, 425, 429]);

export const delivered = (status: number): DeliveryOutcome => ({ kind: 'delivered', status });
export const failed = (failure: string, status?: number): DeliveryOutcome => ({ kind: 'failed', status, failure });
export const retry = (failure: string, status?: number): DeliveryOutcome => ({ kind: 'retry', status, failure });

/**
 * OpenID Connect Back-Channel Logout §2.8: 200, and 204 from frameworks that make it of an empty 200, are success; 400
 * says that the request was invalid or the logout failed. §2.5 allows to send again only what may have failed for a
 * passing reason: errors of the server, and redirects, which are not followed and are often a page of maintenance.
 */
export function outcomeOfStatus(status: number): DeliveryOutcome {
  if (status === 200 || status === 204) return delivered(status);
  const isRedirect = status >= 300 && status < 400;
  const failure = isRedirect ? 'It answered with a redirect, which is not followed.' : `It answered ${status}.`;
  return isRedirect || status >= 500 || PASSING.has(status) ? retry(failure, status) : failed(failure, status);
}

/** Whatever an attempt threw: only an address that may not be called, or an endless answer, is final. */
export function outcomeOfError(error: unknown): DeliveryOutcome {
  if (!(error instanceof OutboundError)) return retry('This server could not make the request: see its log.');
  return error.isTransient ? retry(error.message) : failed(error.message);
}
