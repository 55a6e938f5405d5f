import { inject } from 'vitest';

/**
 * A Redis that belongs to this run, or undefined where there is none: `describe.skipIf(!redisUrl())`. Suites share it,
 * so each uses its own prefix and never flushes.
 */
export function redisUrl(): string | undefined {
  return inject('redisUrl') || undefined;
}
