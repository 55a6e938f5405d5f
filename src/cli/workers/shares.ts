/** Divides what is configured for all processes together among them. */
import type { Configuration } from '../../config/configuration.js';
import { dsnWithPool, parseDsn } from '../../config/dsn.js';

/** One of `of` places, counted from 0. */
export interface Place {
  index: number;
  of: number;
}

/** The largest possible number of processes: each needs a connection to the database. */
export function possibleWorkers({ serve: { workers } }: Configuration, dsn: string): number {
  return Math.min(workers, parseDsn(dsn).pool.max);
}

/** The configuration with this place's share of connections and queues. */
export function shareOf(configuration: Configuration, dsn: string, place: Place): Configuration {
  const { database, serve } = configuration;
  const listener = <Of extends { max_connections: number }>(one: Of): Of => ({
    ...one,
    max_connections: bounded(one.max_connections, place),
  });
  return {
    ...configuration,
    dsn: shareOfPool(dsn, place),
    database: { ...database, max_waiting: bounded(database.max_waiting, place) },
    serve: { ...serve, public: listener(serve.public), admin: listener(serve.admin), mtls: listener(serve.mtls) },
  };
}

function shareOfPool(dsn: string, place: Place): string {
  const address = parseDsn(dsn);
  const { pool } = address;
  return dsnWithPool(address, { ...pool, max: part(pool.max, place), min: part(pool.min, place) });
}

/** The shares of all places add up to the whole. */
const part = (whole: number, { index, of }: Place): number => Math.floor(whole / of) + (index < whole % of ? 1 : 0);

/** 0 means no limit, so that the share of a limit must not become 0. */
const bounded = (bound: number, place: Place): number => (bound === 0 ? 0 : Math.max(1, part(bound, place)));
