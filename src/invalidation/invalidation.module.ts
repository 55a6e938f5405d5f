/**
 * Invalidation tells the caches of a process which entries have changed, whichever process has written the change: over
 * Redis if it is configured, otherwise over LISTEN, and by polling a table while neither is available. It owns the table
 * cache_change, which triggers fill, and the Redis channel `<redis.prefix>changes`.
 *
 * It must not know the cached objects: messages contain kinds and ids only. A message may be lost: statements that issue
 * tokens check versions themselves, and caches limit the age of their entries.
 */
import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ConfigHolder } from '../config/config-holder.js';
import { Statements } from '../database/statements.js';
import { isRedisConfigured } from '../flow-store/redis-configured.js';
import { CacheChangeEntity } from './cache-change.entity.js';
import { ChangeFeed, PUSH_CHANNEL } from './change-feed.js';
import { ChangePoll } from './change-poll.js';
import { InvalidationMetrics } from './invalidation-metrics.js';
import { Invalidation } from './invalidation.js';
import { ListenChannel } from './listen-channel.js';
import type { PushChannel } from './push-channel.js';

/** The channel is chosen at boot: a change of `redis` or `database` needs a restart. */
async function chooseChannel({ current }: ConfigHolder, statements: Statements): Promise<PushChannel> {
  const { redis, database, dsn = '' } = current;
  if (!isRedisConfigured(redis)) return new ListenChannel(database.direct_dsn ?? dsn, statements);
  const { RedisChannel } = await import('./redis-channel.js');
  return new RedisChannel(redis);
}

@Global()
@Module({
  imports: [TypeOrmModule.forFeature([CacheChangeEntity])],
  providers: [
    { provide: PUSH_CHANNEL, useFactory: chooseChannel, inject: [ConfigHolder, Statements] },
    ...[Invalidation, InvalidationMetrics, ChangePoll, ChangeFeed],
  ],
  exports: [Invalidation],
})
export class InvalidationModule {}
