import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { FlowStoreUnavailable } from '../../../src/flow-store/flow-store.js';
import type { RedisConfiguration } from '../../../src/flow-store/redis-configured.js';
import { RedisFlowStore } from '../../../src/flow-store/redis-flow-store.js';
import { redisUrl } from '../../support/redis.js';
import { describeFlowStore, type Replicas } from './contract.js';
import { RedisServer } from './redis-server.js';

const HOUR_MS = 3_600_000;
const newPrefix = (): string => `test:${randomBytes(6).toString('hex')}:`;

function openReplicas(redis: RedisConfiguration, close: () => Promise<void> = () => Promise.resolve()): Replicas {
  const [first, second] = [new RedisFlowStore(redis), new RedisFlowStore(redis)];
  return {
    first,
    second,
    close: async () => {
      first.onApplicationShutdown();
      second.onApplicationShutdown();
      await close();
    },
  };
}

/** Repeats a call until it succeeds, as callers do until the store is back. */
const recovered = (store: RedisFlowStore): Promise<void> =>
  vi.waitFor(() => store.ping(), { timeout: 30_000, interval: 50 });

describe.skipIf(!redisUrl())('with Redis', () => {
  describeFlowStore('one Redis', () =>
    Promise.resolve(openReplicas({ url: redisUrl(), prefix: newPrefix(), cluster: [] })),
  );

  describeFlowStore('a Redis Cluster of two', async () => {
    const nodes = await startCluster();
    const cluster = nodes.map((node) => `127.0.0.1:${String(node.port)}`);
    return openReplicas({ prefix: newPrefix(), cluster }, async () => {
      await Promise.all(nodes.map((node) => node.remove()));
    });
  });

  describe('a record in Redis', () => {
    const prefix = newPrefix();
    let redis: Redis;
    let store: RedisFlowStore;

    beforeAll(() => {
      redis = new Redis(redisUrl() ?? '');
      store = new RedisFlowStore({ url: redisUrl(), prefix, cluster: [] });
    });
    afterAll(() => {
      redis.disconnect();
      store.onApplicationShutdown();
    });

    it('is one string under the prefix, which always has a lifetime', async () => {
      const key = randomBytes(32);
      const name = `${prefix}${key.toString('base64url')}`;
      await store.put(key, Buffer.from('x'), HOUR_MS);
      await store.transition(key, 1, Buffer.from('y'));
      expect(await redis.keys(`${prefix}*`)).toEqual([name]);
      expect(await redis.pttl(name)).toBeGreaterThan(0);
    });

    it('can be changed after Redis has lost the scripts', async () => {
      const key = randomBytes(32);
      await store.put(key, Buffer.from('x'), HOUR_MS);
      await store.transition(key, 1, Buffer.from('y'));
      await redis.script('FLUSH');
      expect(await store.transition(key, 2, Buffer.from('z'))).toBe(true);
    });
  });

  describe('a Redis that stops', () => {
    let server: RedisServer;
    let store: RedisFlowStore;

    beforeAll(async () => {
      server = await RedisServer.create();
      store = new RedisFlowStore({ url: server.url, prefix: newPrefix(), cluster: [] });
    });
    afterAll(async () => {
      store.onApplicationShutdown();
      await server.remove();
    });

    it('is unavailable before its first start', async () => {
      await expect(store.get(randomBytes(32))).rejects.toThrow(FlowStoreUnavailable);
    });

    it('is used as soon as it has started', async () => {
      await server.start();
      await recovered(store);
    });

    it('makes every call fail with FlowStoreUnavailable, and is used again when it is back', async () => {
      const key = randomBytes(32);
      await server.stop();
      const acts = [
        () => store.put(key, Buffer.from('x'), HOUR_MS),
        () => store.get(key),
        () => store.transition(key, 1, Buffer.from('y')),
        () => store.remove(key),
        () => store.ping(),
      ];
      for (const act of acts) await expect(act()).rejects.toThrow(FlowStoreUnavailable);
      await server.start();
      await recovered(store);
      await store.put(key, Buffer.from('x'), HOUR_MS);
      expect(await store.transition(key, 1, Buffer.from('y'))).toBe(true);
    });

    it('makes all calls fail that wait for a reply when it stops, however many', async () => {
      server.freeze();
      const waiting = Promise.allSettled(Array.from({ length: 500 }, () => store.get(randomBytes(32))));
      await server.stop();
      const reasons = (await waiting).map((result) =>
        result.status === 'rejected' ? (result.reason as unknown) : undefined,
      );
      expect(reasons.every((reason) => reason instanceof FlowStoreUnavailable)).toBe(true);
      await server.start();
      await recovered(store);
    });

    it('is given up when it stops responding, and used again when it responds', async () => {
      server.freeze();
      await expect(store.get(randomBytes(32))).rejects.toThrow(FlowStoreUnavailable);
      server.unfreeze();
      await recovered(store);
    });

    it('is unavailable for commands that it refuses because it is full or read-only', async () => {
      const admin = new Redis(server.url);
      await admin.config('SET', 'maxmemory', '1');
      await expect(store.put(randomBytes(32), Buffer.from('x'), HOUR_MS)).rejects.toThrow(FlowStoreUnavailable);
      await admin.config('SET', 'maxmemory', '0');
      await expect(store.put(randomBytes(32), Buffer.from('x'), HOUR_MS)).resolves.toBeUndefined();
      admin.disconnect();
    });
  });

  it('is unavailable while a Cluster is stopped, and recovers with it', async () => {
    const nodes = await startCluster();
    const cluster = nodes.map((node) => `127.0.0.1:${String(node.port)}`);
    const store = new RedisFlowStore({ prefix: newPrefix(), cluster });
    await recovered(store);
    await Promise.all(nodes.map((node) => node.stop()));
    for (let i = 0; i < 20; i++) await expect(store.get(randomBytes(32))).rejects.toThrow(FlowStoreUnavailable);
    await Promise.all(nodes.map((node) => node.start()));
    const keys = Array.from({ length: 10 }, () => randomBytes(32));
    const puts = (): Promise<unknown> => Promise.all(keys.map((key) => store.put(key, Buffer.from('x'), HOUR_MS)));
    await vi.waitFor(puts, { timeout: 60_000, interval: 100 });
    for (const key of keys) expect(await store.transition(key, 1, Buffer.from('y'))).toBe(true);
    store.onApplicationShutdown();
    await Promise.all(nodes.map((node) => node.remove()));
  });

  it('is unavailable if no Sentinel can be reached', async () => {
    const nowhere = await RedisServer.create();
    const sentinel = { name: 'flows', addresses: [`127.0.0.1:${String(nowhere.port)}`] };
    const store = new RedisFlowStore({ sentinel, prefix: newPrefix(), cluster: [] });
    for (let i = 0; i < 20; i++) await expect(store.get(randomBytes(32))).rejects.toThrow(FlowStoreUnavailable);
    store.onApplicationShutdown();
    await nowhere.remove();
  });

  it('follows Sentinel to the new master', async () => {
    const master = await RedisServer.create();
    await master.start();
    const replica = await RedisServer.create('--replicaof', '127.0.0.1', String(master.port));
    const sentinel = await RedisServer.create();
    await replica.start();
    await replicated(replica);
    await sentinel.startAsSentinelOf(master);
    const addresses = [`127.0.0.1:${String(sentinel.port)}`];
    const store = new RedisFlowStore({ sentinel: { name: 'flows', addresses }, prefix: newPrefix(), cluster: [] });
    const key = randomBytes(32);
    await store.put(key, Buffer.from('before'), HOUR_MS);
    await sentinelKnowsReplica(sentinel);
    await master.stop();
    await vi.waitFor(() => store.put(key, Buffer.from('after'), HOUR_MS), { timeout: 60_000, interval: 100 });
    expect((await store.get(key))?.value).toEqual(Buffer.from('after'));
    store.onApplicationShutdown();
    await Promise.all([master, replica, sentinel].map((server) => server.remove()));
  });
});

async function startCluster(): Promise<RedisServer[]> {
  const nodes = [
    await RedisServer.create('--cluster-enabled', 'yes'),
    await RedisServer.create('--cluster-enabled', 'yes'),
  ];
  const [first, second] = await Promise.all(
    nodes.map(async (node) => {
      await node.start();
      return new Redis(node.url);
    }),
  );
  if (!first || !second) throw new Error('no nodes');
  await first.call('CLUSTER', 'ADDSLOTSRANGE', '0', '8000');
  await second.call('CLUSTER', 'ADDSLOTSRANGE', '8001', '16383');
  await first.call('CLUSTER', 'MEET', '127.0.0.1', String(nodes[1]?.port));
  for (const node of [first, second]) {
    await vi.waitFor(
      async () => {
        expect(await node.call('CLUSTER', 'INFO')).toContain('cluster_state:ok');
      },
      {
        timeout: 30_000,
      },
    );
    node.disconnect();
  }
  return nodes;
}

async function replicated(server: RedisServer): Promise<void> {
  const client = new Redis(server.url);
  await vi.waitFor(
    async () => {
      expect(await client.info('replication')).toContain('master_link_status:up');
    },
    {
      timeout: 30_000,
    },
  );
  client.disconnect();
}

async function sentinelKnowsReplica(sentinel: RedisServer): Promise<void> {
  const client = new Redis(sentinel.url, { enableReadyCheck: false });
  await vi.waitFor(
    async () => {
      expect(await client.call('SENTINEL', 'REPLICAS', 'flows')).toHaveLength(1);
    },
    {
      timeout: 30_000,
    },
  );
  client.disconnect();
}
