/** The stores of a round, combined as operators do. */
import { commonSettings } from './fleet.js';
import type { Random } from './random.js';
import type { Settings } from './server-process.js';
import { Patroni, withoutPatroni } from './stores/patroni.js';
import { hasPgBouncer } from './stores/pgbouncer.js';
import { Postgres } from './stores/postgres.js';
import { ClusterRedis } from './stores/cluster.js';
import { type FlowRedis, hasRedis, StandaloneRedis } from './stores/redis.js';
import { SentinelRedis } from './stores/sentinel.js';
import type { Rotation } from './world.js';

/** The stores as faults see them, and the settings that all servers get. */
export interface Cast {
  postgres?: Postgres;
  patroni?: Patroni;
  redis?: FlowRedis;
  /** The number of worker processes of each server. */
  workers: number;
  /** `secrets.system`, changed in place. */
  secrets: string[];
  /** The section `oauth2` of the configuration. */
  oauth2: object;
}

export interface Topology {
  name: string;
  /** The reason why this machine cannot have it; undefined where it can. */
  obstacle: () => Promise<string | undefined>;
  /** @param count the number of servers */
  raise: (count: number, rotation: Rotation, random: Random) => Promise<Stage>;
}

/** Everything except the servers. */
export interface Stage {
  cast: Cast;
  settingsOf: (server: number) => Settings;
  /** The direct address, past every network. */
  dsn: () => string;
  remove: () => Promise<void>;
}

const withoutRedis = async (): Promise<string | undefined> =>
  (await hasRedis()) ? undefined : 'redis-server is not installed';
const always = (): Promise<undefined> => Promise.resolve(undefined);

const withoutPgBouncer = async (): Promise<string | undefined> =>
  (await hasPgBouncer()) ? undefined : 'pgbouncer is not installed';

async function led(count: number, rotation: Rotation): Promise<Stage> {
  const patroni = await Patroni.create(count);
  const common = commonSettings(rotation === 'grace') as { oauth2: object; secrets: { system: string[] } };
  return {
    cast: { patroni, workers: 1, secrets: common.secrets.system, oauth2: common.oauth2 },
    settingsOf: (server) => ({ ...common, dsn: patroni.dsnOf(server) }),
    dsn: () => patroni.dsn,
    remove: () => patroni.remove(),
  };
}

/** A primary with its standby, and a flow store. */
function staged(
  postgres: Postgres,
  rotation: Rotation,
  { redis, workers = 1 }: { redis?: FlowRedis; workers?: number } = {},
): Stage {
  const common = commonSettings(rotation === 'grace') as { oauth2: object; secrets: { system: string[] } };
  const { system } = common.secrets;
  return {
    cast: { postgres, redis, workers, secrets: system, oauth2: common.oauth2 },
    settingsOf: (server) => ({
      ...common,
      dsn: postgres.dsnOf(server),
      ...(redis && { redis: redis.settingsOf(server) }),
      ...(workers > 1 && { serve: { workers } }),
      ...(postgres.directDsn !== undefined && { database: { prepared: 'off', direct_dsn: postgres.directDsn } }),
    }),
    dsn: () => postgres.primary.dsn,
    remove: async () => {
      await Promise.all([postgres.remove(), redis?.remove()]);
    },
  };
}

export const TOPOLOGIES: readonly Topology[] = [
  {
    name: 'postgres',
    obstacle: always,
    raise: async (count, rotation) => staged(await Postgres.create(count), rotation),
  },
  {
    name: 'redis',
    obstacle: withoutRedis,
    raise: async (count, rotation) => {
      const [postgres, redis] = await Promise.all([Postgres.create(count), StandaloneRedis.create(count)]);
      return staged(postgres, rotation, { redis });
    },
  },
  {
    name: 'sentinel',
    obstacle: withoutRedis,
    raise: async (count, rotation) => {
      const [postgres, redis] = await Promise.all([Postgres.create(count), SentinelRedis.create()]);
      return staged(postgres, rotation, { redis });
    },
  },
  {
    name: 'cluster',
    obstacle: withoutRedis,
    raise: async (count, rotation, random) => {
      const pick = <T>(list: readonly T[]): T => random.pick(list);
      const [postgres, redis] = await Promise.all([Postgres.create(count), ClusterRedis.create(pick)]);
      return staged(postgres, rotation, { redis });
    },
  },
  {
    name: 'workers',
    obstacle: always,
    raise: async (count, rotation) => staged(await Postgres.create(count), rotation, { workers: 2 }),
  },
  {
    name: 'pgbouncer',
    obstacle: withoutPgBouncer,
    raise: async (count, rotation) => staged(await Postgres.create(count, { pooling: true }), rotation),
  },
  { name: 'patroni', obstacle: withoutPatroni, raise: led },
];
