import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { isRedisConfigured, type RedisConfiguration } from '../../../flow-store/redis-configured.js';
import { RedisFlowStore } from '../../../flow-store/redis-flow-store.js';
import { connectToPublish, parseEndpoint } from '../../../flow-store/redis-options.js';
import { because, fail, type Finding, ok, warn } from '../finding.js';
import { judgeClock } from './clock.js';

const OLDEST_MAJOR = 6;
const KEEP_MS = 10_000;

/** Checks that flows can be stored: writes and reads as the server does, then asks Redis for its settings. */
export async function checkRedis(redis: RedisConfiguration): Promise<Finding[]> {
  if (!isRedisConfigured(redis)) return [ok('flow store', 'no Redis is configured: flows live in PostgreSQL')];
  const trip = await roundTrip(redis);
  if (trip.state === 'fail') return [trip];
  try {
    const client = await connectToPublish(redis, 0);
    try {
      return [trip, ...(await judge(client))];
    } finally {
      client.disconnect();
    }
  } catch (error) {
    return [trip, warn('redis', `it tells nothing of itself: ${because(error)}`, 'Allow INFO and TIME to its user')];
  }
}

async function roundTrip(redis: RedisConfiguration): Promise<Finding> {
  const store = new RedisFlowStore(redis);
  const [key, value] = [randomBytes(32), randomBytes(64)];
  const began = performance.now();
  try {
    await store.put(key, value, KEEP_MS);
    const found = await store.get(key);
    await store.remove(key);
    if (!found?.value.equals(value)) return fail('redis', `${placeOf(redis)} loses what is written`, 'Look at its log');
    return ok('redis', `${placeOf(redis)}: written, read and removed in ${Math.ceil(performance.now() - began)} ms`);
  } catch (error) {
    const { cause = error } = error as Error;
    const change = 'Start it, or correct redis.url, redis.sentinel or redis.cluster';
    return fail('redis', `${placeOf(redis)} cannot be used: ${because(cause)}`, change);
  } finally {
    store.onApplicationShutdown();
  }
}

async function judge(client: Redis): Promise<Finding[]> {
  const about = membersOf(await client.info());
  const before = Date.now();
  const [seconds, micros] = await client.time();
  const reading = { there: Number(seconds) * 1000 + Number(micros) / 1000, before, after: Date.now() };
  return [judgeVersion(about.get('redis_version') ?? ''), judgeEviction(about), judgeClock('Redis', reading)];
}

function judgeVersion(version: string): Finding {
  const change = `Use version ${OLDEST_MAJOR} or later`;
  return Number.parseInt(version, 10) < OLDEST_MAJOR
    ? fail('redis version', `it is version ${version}`, change)
    : ok('redis version', `it is version ${version}`);
}

/** Every flow has a time to live, so that the volatile policies evict flows as well. */
function judgeEviction(about: ReadonlyMap<string, string>): Finding {
  const policy = about.get('maxmemory_policy') ?? 'unknown';
  if (policy === 'noeviction') return ok('redis eviction', 'nothing is dropped before its time');
  const limit = about.get('maxmemory') === '0' ? 'there is no memory limit yet, but ' : '';
  const finding = `${limit}maxmemory-policy ${policy} drops open logins when memory is short`;
  return warn('redis eviction', finding, 'Set maxmemory-policy to noeviction');
}

function membersOf(info: string): Map<string, string> {
  const lines = info.split(/\r?\n/).filter((line) => line.includes(':'));
  return new Map(
    lines.map((line) => {
      const [name = '', ...rest] = line.split(':');
      return [name, rest.join(':')];
    }),
  );
}

/** The address without credentials. */
function placeOf({ url, sentinel, cluster }: RedisConfiguration): string {
  if (url?.startsWith('/')) return url;
  if (sentinel) return `the master ${sentinel.name} of Sentinel`;
  const { host, port } = parseEndpoint(url ?? cluster[0] ?? '', 6379);
  return url === undefined ? `the cluster at ${host}:${port}` : `${host}:${port}`;
}
