/** A fail-over by Sentinel whose old master goes on as if nothing had happened. Sentinel cannot make it a replica here. */
import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RedisConfiguration } from '../../../src/flow-store/redis-configured.js';
import { RedisFlowStore } from '../../../src/flow-store/redis-flow-store.js';
import { RedisChannel } from '../../../src/invalidation/redis-channel.js';
import { redisUrl } from '../../support/redis.js';
import { RedisServer } from './redis-server.js';

const SENTINELS = 3;
const HOUR_MS = 3_600_000;
const PATIENCE = { timeout: 30_000, interval: 50 };
const OBSTINATE = ['REPLICAOF', 'SLAVEOF'].flatMap((command) => ['--rename-command', command, '']);

describe.skipIf(!redisUrl())('after a fail-over by Sentinel, while the old master still accepts writes,', () => {
  let old: RedisServer;
  let next: RedisServer;
  let sentinels: RedisServer[];
  let redis: RedisConfiguration;

  beforeEach(async () => {
    old = await RedisServer.create(...OBSTINATE);
    await old.start();
    next = await RedisServer.create('--replicaof', '127.0.0.1', String(old.port));
    await next.start();
    sentinels = await Promise.all(Array.from({ length: SENTINELS }, () => RedisServer.create()));
    await Promise.all(sentinels.map((sentinel) => sentinel.startAsSentinelOf(old)));
    await Promise.all(sentinels.map((sentinel) => awaitReplicaAt(sentinel)));
    const addresses = sentinels.map(({ port }) => `127.0.0.1:${String(port)}`);
    redis = { prefix: `test:${randomBytes(6).toString('hex')}:`, sentinel: { name: 'flows', addresses }, cluster: [] };
  });

  afterEach(async () => {
    await Promise.all([old, next, ...sentinels].map((server) => server.remove()));
  });

  it('records are written to the new master', async () => {
    const store = new RedisFlowStore(redis);
    const put = async (): Promise<string> => {
      const key = randomBytes(32);
      await store.put(key, Buffer.from('x'), HOUR_MS);
      return redis.prefix + key.toString('base64url');
    };
    await put();
    await failOver(sentinels);
    await vi.waitFor(async () => {
      expect(await asked(next, 'EXISTS', await put())).toBe(1);
    }, PATIENCE);
    expect(await asked(old, 'ROLE')).toContain('master');
    expect(await asked(next, 'EXISTS', await put())).toBe(1);
    store.onApplicationShutdown();
  });

  it('the channel for changes is lost, and can be opened again at the new master', async () => {
    const channel = new RedisChannel(redis);
    const onLost = vi.fn();
    const first = await channel.open({ onLost, onMessage: vi.fn() });
    await failOver(sentinels);
    await vi.waitFor(() => {
      expect(onLost).toHaveBeenCalled();
    }, PATIENCE);
    expect(await asked(old, 'ROLE')).toContain('master');
    first.close();
    const onMessage = vi.fn();
    const second = await channel.open({ onLost: vi.fn(), onMessage });
    await asked(next, 'PUBLISH', `${redis.prefix}changes`, 'a change');
    await vi.waitFor(() => {
      expect(onMessage).toHaveBeenCalledWith('a change');
    }, PATIENCE);
    second.close();
  });
});

async function failOver(sentinels: readonly RedisServer[]): Promise<void> {
  const [first] = sentinels;
  if (!first) throw new Error('There is no Sentinel.');
  const before = await asked(first, 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'flows');
  await asked(first, 'SENTINEL', 'FAILOVER', 'flows');
  for (const sentinel of sentinels) {
    await vi.waitFor(async () => {
      expect(await asked(sentinel, 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'flows')).not.toEqual(before);
    }, PATIENCE);
  }
}

async function awaitReplicaAt(sentinel: RedisServer): Promise<void> {
  await vi.waitFor(async () => {
    const members = (await asked(sentinel, 'SENTINEL', 'MASTER', 'flows')) as string[];
    const value = (name: string): string => members[members.indexOf(name) + 1] ?? '';
    expect([value('num-slaves'), value('num-other-sentinels')]).toEqual(['1', String(SENTINELS - 1)]);
    const [replica = []] = (await asked(sentinel, 'SENTINEL', 'REPLICAS', 'flows')) as string[][];
    expect(replica[replica.indexOf('master-link-status') + 1]).toBe('ok');
  }, PATIENCE);
}

async function asked(server: RedisServer, command: string, ...args: string[]): Promise<unknown> {
  const client = new Redis(server.url, { enableReadyCheck: false });
  try {
    return await client.call(command, ...args);
  } finally {
    client.disconnect();
  }
}
