import { describe } from 'vitest';
import { redisUrl } from './redis.js';

/** Runs the suite over each flow store: PostgreSQL, and Redis where there is one. */
export function overBothStores(name: string, suite: (redis: string | undefined) => void): void {
  describe(`${name}, flows in PostgreSQL`, () => {
    suite(undefined);
  });
  describe.skipIf(!redisUrl())(`${name}, flows in Redis`, () => {
    suite(redisUrl());
  });
}
