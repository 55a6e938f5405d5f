/**
 * The room of invalidation: what is cached in a process learns here that it changed, whoever changed it. Over Redis where
 * that is configured, else over LISTEN, and by polling a table while neither is there. It owns the table cache_change,
 * which triggers fill, and the Redis channel `<redis.prefix>changes`.
 *
 * It must not know what is cached: messages carry kinds and ids. It is no proof either: statements that issue check
 * versions themselves, and caches bound the age of what they hold.
 */
import { Global, Module } from '@nestjs/common';
import { ConfigHolder } from '../config/config-holder.js';
import { Statements } from '../database/statements.js';
import { isRedisConfigured } from '../flow-store/redis-configured.js';
import { ChangeFeed, PUSH_CHANNEL } from './change-feed.js';
import { ChangePoll } from './change-poll.js';
import { InvalidationMetrics } from './invalidation-metrics.js';
import { Invalidation } from './invalidation.js';
import { ListenChannel } from './listen-channel.js';
import type { PushChannel } from './push-channel.js';

/** Read at boot: a change of `redis` or `database` needs a restart. */
async function chooseChannel({ current }: ConfigHolder, statements: Statements): Promise<PushChannel> {
  const { redis, database, dsn = '' } = current;
  if (!isRedisConfigured(redis)) return new ListenChannel(database.direct_dsn ?? dsn, statements);
  const { RedisChannel } = await import('./redis-channel.js');
  return new RedisChannel(redis);
}

@Global()
@Module({
  providers: [
    { provide: PUSH_CHANNEL, useFactory: chooseChannel, inject: [ConfigHolder, Statements] },
    ...[Invalidation, InvalidationMetrics, ChangePoll, ChangeFeed],
  ],
  exports: [Invalidation],
})
export class InvalidationModule {}
