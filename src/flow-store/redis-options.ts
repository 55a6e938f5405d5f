/** Clients for the configured Redis: one server by URL, the master that Sentinel names, or a Cluster. */
import { Cluster, type ClusterOptions, Redis, type RedisOptions } from 'ioredis';
import type { SentinelConfiguration } from '../config/configuration.js';
import type { RedisConfiguration } from './redis-configured.js';
import { SentinelWatch } from './sentinel-watch.js';

const CONNECT_TIMEOUT_MS = 2000;
const COMMAND_TIMEOUT_MS = 2000;
/** That of the socket is shorter than that of a command: a silent connection is closed, and not only its commands fail. */
const TIME_LIMITS = { connectTimeout: CONNECT_TIMEOUT_MS, commandTimeout: COMMAND_TIMEOUT_MS, socketTimeout: 1500 };
const MAX_RETRY_DELAY_MS = 1000;
const MAX_REDIRECTIONS = 5;

/** A client that has begun to connect. Commands are not queued while there is no connection: see RedisLink. */
export function createRedisClient(redis: RedisConfiguration): Redis | Cluster {
  if (redis.url !== undefined) return new Redis(redis.url, CONNECTION);
  if (redis.sentinel) return masterClient(redis.sentinel, CONNECTION);
  return clusterClient(redis.cluster);
}

/**
 * When the connection breaks, a command in flight is sent once more on the next connection (all commands of RedisFlowStore
 * may be repeated). It fails when there is no next connection.
 */
const CONNECTION: RedisOptions = {
  enableAutoPipelining: true,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 1,
  ...TIME_LIMITS,
  retryStrategy: retryDelay,
  reconnectOnError: (error) => error.message.startsWith('READONLY'), // the known master has become a replica
};

/**
 * An open connection only for publishing or subscribing. It never reconnects by itself: its user must notice every gap.
 * @param turn number of the Cluster node, modulo the number of nodes: any node passes messages on
 */
export async function connectToPublish(redis: RedisConfiguration, turn: number): Promise<Redis> {
  const client = unmendedClient(redis, turn);
  client.on('error', () => undefined); // the failing call reports the error
  await client.connect();
  return client;
}

const UNMENDED: RedisOptions = {
  lazyConnect: true,
  maxRetriesPerRequest: 0,
  retryStrategy: () => null,
  sentinelRetryStrategy: () => null,
  updateSentinels: false, // those of which it learns would be forgotten with it
  reconnectOnError: () => false,
};

function unmendedClient({ url, sentinel, cluster }: RedisConfiguration, turn: number): Redis {
  const options = { ...CONNECTION, ...UNMENDED };
  if (url !== undefined) return new Redis(url, options);
  if (sentinel) return masterClient(sentinel, options);
  return new Redis({ ...options, ...addressOf(parseEndpoint(cluster[turn % cluster.length] ?? '', 6379)) });
}

function retryDelay(attempt: number): number {
  return Math.min(2 ** Math.min(attempt, 10) * 25, MAX_RETRY_DELAY_MS) + Math.random() * 50;
}

/** Its connection is closed when Sentinel has chosen another master; where `options` allow it, it connects to that one. */
function masterClient({ name, addresses, username, password }: SentinelConfiguration, options: RedisOptions): Redis {
  const endpoints = addresses.map((address) => parseEndpoint(address, 26379));
  const [first] = endpoints;
  const own = { ...TIME_LIMITS, enableOfflineQueue: false, retryStrategy: retryDelay };
  const sentinels = endpoints.map((endpoint) => ({ ...own, ...addressOf(endpoint) }));
  const watch = new SentinelWatch(name, sentinels);
  const client = new Redis({
    ...{ sentinelRetryStrategy: retryDelay, ...options, name, username, password },
    sentinels: endpoints.map(({ host, port }) => ({ host, port })),
    sentinelUsername: first?.username,
    sentinelPassword: first?.password,
    sentinelCommandTimeout: COMMAND_TIMEOUT_MS,
    natMap: watch.natMap,
    ...(first?.tls ? { tls: {}, sentinelTLS: {}, enableTLSForSentinelMode: true } : {}),
  });
  watch.follow(client);
  return client;
}

function addressOf({ tls, ...endpoint }: Endpoint): RedisOptions {
  return { ...endpoint, ...(tls ? { tls: {} } : {}) };
}

function clusterClient(addresses: readonly string[]): Cluster {
  const endpoints = addresses.map((address) => parseEndpoint(address, 6379));
  const [first] = endpoints;
  const redisOptions: ClusterOptions['redisOptions'] = {
    ...TIME_LIMITS,
    username: first?.username,
    password: first?.password,
    ...(first?.tls ? { tls: {} } : {}),
  };
  return new Cluster(
    endpoints.map(({ host, port }) => ({ host, port })),
    {
      enableAutoPipelining: true,
      enableOfflineQueue: false,
      maxRedirections: MAX_REDIRECTIONS,
      clusterRetryStrategy: retryDelay,
      slotsRefreshTimeout: CONNECT_TIMEOUT_MS,
      // With TLS the certificate names the host: the host name must not be replaced by its address.
      ...(first?.tls
        ? {
            dnsLookup: (address, found) => {
              found(null, address);
            },
          }
        : {}),
      redisOptions,
    },
  );
}

interface Endpoint {
  host: string;
  port: number;
  username?: string;
  password?: string;
  tls: boolean;
}

/** `host`, `host:port`, or a `redis://` or `rediss://` URL with user and password. */
export function parseEndpoint(address: string, defaultPort: number): Endpoint {
  const url = new URL(/^rediss?:\/\//i.test(address) ? address : `redis://${address}`);
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port ? Number(url.port) : defaultPort,
    username: decodeURIComponent(url.username) || undefined,
    password: decodeURIComponent(url.password) || undefined,
    tls: url.protocol === 'rediss:',
  };
}
