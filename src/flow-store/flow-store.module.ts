/**
 * The flow store: records that may expire (login, consent, logout and device flows, codes, pushed requests, polling pace),
 * with encrypted values under digests as keys, and the counters of limits. It owns the table `flow` and the Redis keys that begin
 * with `redis.prefix`.
 *
 * It must not store anything that has to survive: single use and every durable fact are decided in PostgreSQL.
 */
import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ConfigHolder } from '../config/config-holder.js';
import { Statements } from '../database/statements.js';
import { CountedFlowStore } from './counted-flow-store.js';
import { FlowEntity } from './flow.entity.js';
import { FLOW_STORE } from './flow-store.js';
import { FlowSweeper } from './flow-sweeper.js';
import { Flows } from './flows.js';
import { OpenSlots } from './open-slots.js';
import { PostgresFlowStore } from './postgres-flow-store.js';
import { RateLimits } from './rate-limits.js';
import { isRedisConfigured } from './redis-configured.js';

/** The store is chosen at boot: a change of `redis` needs a restart. The Redis client is loaded only where it is used. */
async function chooseStore(config: ConfigHolder, statements: Statements): Promise<CountedFlowStore> {
  const { redis } = config.current;
  if (!isRedisConfigured(redis)) return new CountedFlowStore(new PostgresFlowStore(statements));
  const { RedisFlowStore } = await import('./redis-flow-store.js');
  return new CountedFlowStore(new RedisFlowStore(redis));
}

@Global()
@Module({
  imports: [TypeOrmModule.forFeature([FlowEntity])],
  providers: [
    { provide: CountedFlowStore, useFactory: chooseStore, inject: [ConfigHolder, Statements] },
    { provide: FLOW_STORE, useExisting: CountedFlowStore },
    FlowSweeper,
    Flows,
    OpenSlots,
    RateLimits,
  ],
  exports: [FLOW_STORE, CountedFlowStore, FlowSweeper, Flows, OpenSlots, RateLimits],
})
export class FlowStoreModule {}
