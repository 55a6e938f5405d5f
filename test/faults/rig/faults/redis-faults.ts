/** Redis dies, freezes, loses its records, or fails over. A fail-over may lose the last records. */
import { type Fault, needsRedis, NOTHING, redisOf } from './fault.js';

const always = (): boolean => true;

export const REDIS_FAULTS: readonly Fault[] = [
  {
    name: 'redis: killed',
    obstacle: needsRedis,
    losesFlows: always,
    lasts: [500, 3_000],
    strike: (scene) => redisOf(scene).kill(),
  },
  {
    name: 'redis: frozen',
    obstacle: needsRedis,
    losesFlows: always,
    lasts: [1_000, 5_000],
    strike: (scene) => redisOf(scene).freeze(),
  },
  {
    name: 'redis: flushed',
    obstacle: needsRedis,
    losesFlows: always,
    lasts: [300, 1_000],
    strike: async (scene) => {
      await redisOf(scene).flush();
      return NOTHING;
    },
  },
  {
    name: 'redis: failed over',
    obstacle: (scene) => (scene.redis?.failOver ? undefined : 'this Redis has no replicas'),
    losesFlows: always,
    lasts: [500, 2_000],
    strike: async (scene) => {
      await redisOf(scene).failOver?.();
      return NOTHING;
    },
  },
];
