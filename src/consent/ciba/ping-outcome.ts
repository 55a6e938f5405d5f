import { type DeliveryOutcome, delivered, failed, retry } from '../back-channel/delivery-outcome.js';

/**
 * CIBA Core §10.2: 2xx ends it, a redirect is not followed, and a client that refuses is not asked again. Errors of its server
 * may pass.
 */
export function outcomeOfPing(status: number): DeliveryOutcome {
  if (status >= 200 && status < 300) return delivered(status);
  if (status >= 300 && status < 400) return failed('It answered with a redirect, which is not followed.', status);
  return status >= 500 ? retry(`It answered ${status}.`, status) : failed(`It answered ${status}.`, status);
}
