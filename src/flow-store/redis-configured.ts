import type { Configuration } from '../config/configuration.js';

export type RedisConfiguration = Configuration['redis'];

/** Whether Redis is configured; otherwise PostgreSQL stores the flows. */
export function isRedisConfigured(redis: RedisConfiguration): boolean {
  return redis.url !== undefined || redis.sentinel !== undefined || redis.cluster.length > 0;
}
