/** A fault is one file or one line of a list here: its action, how to undo it, and where it can be applied. */
import type { Receiver } from '../../../support/receiver.js';
import type { Fleet } from '../fleet.js';
import type { Random } from '../random.js';
import type { Postgres } from '../stores/postgres.js';
import type { FlowRedis } from '../stores/redis.js';
import type { Cast } from '../topologies.js';

/** Everything that a fault can act upon. */
export interface Scene extends Cast {
  fleet: Fleet;
  random: Random;
  /** The receiver of back-channel logouts. */
  receiver: Receiver;
  hook: Receiver;
}

/** Undoes it. Resolves when it is undone, not when everything serves again. */
export type Heal = () => Promise<void> | void;

export interface Fault {
  /** `kind: what`, as in the table of the report. */
  name: string;
  /** The reason why it cannot be applied here; undefined where it can. */
  obstacle?: (scene: Scene) => string | undefined;
  /** Whether flows in progress may be lost by it. */
  losesFlows?: (scene: Scene) => boolean;
  /** Milliseconds between the fault and its undoing: minimum and maximum. 0: it ends by itself. */
  lasts: readonly [number, number];
  strike: (scene: Scene) => Promise<Heal>;
}

export const NOTHING: Heal = () => undefined;

export function postgresOf({ postgres }: Scene): Postgres {
  if (!postgres) throw new Error('This round has no PostgreSQL of its own.');
  return postgres;
}

export function redisOf({ redis }: Scene): FlowRedis {
  if (!redis) throw new Error('This round has no Redis.');
  return redis;
}

export const needsPostgres = ({ postgres }: Scene): string | undefined =>
  postgres ? undefined : 'there is no PostgreSQL that can be reached so';

export const needsStandby = ({ postgres }: Scene): string | undefined =>
  postgres?.standby ? undefined : 'there is no standby';

export const needsRedis = ({ redis }: Scene): string | undefined => (redis ? undefined : 'there is no Redis');

/** Where flows are stored in PostgreSQL, a crash empties their table. */
export const flowsInPostgres = ({ redis }: Scene): boolean => redis === undefined;
