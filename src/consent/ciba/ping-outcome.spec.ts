import { describe, expect, it } from 'vitest';
import { outcomeOfPing } from './ping-outcome.js';

describe('a ping (CIBA Core §10.2)', () => {
  it.each([
    ...[200, 202, 204].map((status) => [status, 'delivered'] as const),
    ...[301, 302, 307, 400, 401, 403, 404, 408, 429].map((status) => [status, 'failed'] as const),
    ...[500, 502, 503].map((status) => [status, 'retry'] as const),
  ])('that is answered with %d is %s', (status, kind) => {
    expect(outcomeOfPing(status)).toMatchObject({ kind, status });
  });
});
