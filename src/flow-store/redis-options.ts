/** Clients for the configured Redis: one server by URL, the master that Sentinel names, or a Cluster. */
import { Cluster, type ClusterOptions, Redis, type RedisOptions } from 'ioredis';
import type { SentinelConfiguration } from '../config/configuration.js';
import type { RedisConfiguration } from './redis-configured.js';

const CONNECT_TIMEOUT_MS = 2000;
const COMMAND_TIMEOUT_MS = 2000;
/** Shorter than the time limit of a command, so that a silent connection is closed and not only its commands fail. */
const SOCKET_TIMEOUT_MS = 1500;
const MAX_RETRY_DELAY_MS = 1000;
const MAX_REDIRECTIONS = 5;

/** A client that has begun to connect. Commands are not queued while there is no connection: see RedisLink. */
export function createRedisClient(redis: RedisConfiguration): Redis | Cluster {
  if (redis.url !== undefined) return new Redis(redis.url, CONNECTION);
  if (redis.sentinel) return new Redis({ ...CONNECTION, ...sentinelOptions(redis.sentinel) });
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
  connectTimeout: CONNECT_TIMEOUT_MS,
  commandTimeout: COMMAND_TIMEOUT_MS,
  socketTimeout: SOCKET_TIMEOUT_MS,
  retryStrategy: retryDelay,
  reconnectOnError: (error) => error.message.startsWith('READONLY'), // the known master has become a replica
};

/**
 * An open connection only for publishing or subscribing. It never reconnects by itself: its user must notice every gap.
 * @param turn number of the Cluster node, modulo the number of nodes: any node passes messages on
 */
export async function connectToPublish(redis: RedisConfiguration, turn: number): Promise<Redis> {
  const options: RedisOptions = { ...CONNECTION, ...addressOf(redis, turn), ...UNMENDED };
  const client = redis.url === undefined ? new Redis(options) : new Redis(redis.url, options);
  client.on('error', () => undefined); // the failing call reports the error
  await client.connect();
  return client;
}

const UNMENDED: RedisOptions = {
  lazyConnect: true,
  maxRetriesPerRequest: 0,
  retryStrategy: () => null,
  sentinelRetryStrategy: () => null,
  reconnectOnError: () => false,
};

/** Empty for a single server, which is reached by its URL. */
function addressOf(redis: RedisConfiguration, turn: number): RedisOptions {
  if (redis.url !== undefined) return {};
  if (redis.sentinel) return sentinelOptions(redis.sentinel);
  const { tls, ...endpoint } = parseEndpoint(redis.cluster[turn % redis.cluster.length] ?? '', 6379);
  return { ...endpoint, ...(tls ? { tls: {} } : {}) };
}

function retryDelay(attempt: number): number {
  return Math.min(2 ** Math.min(attempt, 10) * 25, MAX_RETRY_DELAY_MS) + Math.random() * 50;
}

function sentinelOptions(sentinel: SentinelConfiguration): RedisOptions {
  const endpoints = sentinel.addresses.map((address) => parseEndpoint(address, 26379));
  const [first] = endpoints;
  return {
    name: sentinel.name,
    sentinels: endpoints.map(({ host, port }) => ({ host, port })),
    sentinelUsername: first?.username,
    sentinelPassword: first?.password,
    username: sentinel.username,
    password: sentinel.password,
    sentinelCommandTimeout: COMMAND_TIMEOUT_MS,
    sentinelRetryStrategy: retryDelay,
    ...(first?.tls ? { tls: {}, sentinelTLS: {}, enableTLSForSentinelMode: true } : {}),
  };
}

function clusterClient(addresses: readonly string[]): Cluster {
  const endpoints = addresses.map((address) => parseEndpoint(address, 6379));
  const [first] = endpoints;
  const redisOptions: ClusterOptions['redisOptions'] = {
    connectTimeout: CONNECT_TIMEOUT_MS,
    commandTimeout: COMMAND_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
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
