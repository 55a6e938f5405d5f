import { describe, expect, it } from 'vitest';
import { OutboundError, type OutboundReason } from '../../http/outbound/outbound-error.js';
import { outcomeOfError, outcomeOfStatus } from './delivery-outcome.js';

describe('an attempt to notify a receiver of a logout', () => {
  it.each([
    ...[200, 204].map((status) => [status, 'delivered'] as const),
    ...[301, 302, 307, 408, 425, 429, 500, 502, 503, 504].map((status) => [status, 'retry'] as const),
    ...[201, 202, 400, 401, 403, 404, 405, 410].map((status) => [status, 'failed'] as const),
  ])('that is answered with %d is %s', (status, kind) => {
    expect(outcomeOfStatus(status)).toMatchObject({ kind, status });
  });

  it.each<[OutboundReason, string]>([
    ['timeout', 'retry'],
    ['unreachable', 'retry'],
    ['refused', 'failed'],
    ['address', 'failed'],
    ['too_large', 'failed'],
  ])('that ends with %s is %s', (reason, kind) => {
    expect(outcomeOfError(new OutboundError(reason, 'why'))).toEqual({ kind, status: undefined, failure: 'why' });
  });

  it('that fails with an error of this server is tried again, and does not reveal the error', () => {
    const outcome = outcomeOfError(new Error('a detail'));
    expect(outcome.kind).toBe('retry');
    expect(outcome.failure).not.toContain('a detail');
  });
});
