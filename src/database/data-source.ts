/** How the program connects to PostgreSQL. */
import { Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { parseDsn } from '../config/dsn.js';
import { ThrottledReport } from '../protocol/throttled-report.js';
import { DatabaseUnreachable } from './database-unreachable.js';
import { closeFaulty, PooledConnection } from './pooled-connection.js';
import { sqlState } from './sql-state.js';
import { isUnavailable } from './unavailable.js';

/** Classes with the decorator `@Entity`. */
export type EntityClass = new () => object;

interface Connection {
  /** Host and database without credentials, for messages. */
  place: string;
  /** Options of pg and its pool. */
  pool: Record<string, unknown>;
}

/** A statement of a request takes milliseconds; one that takes this long holds a connection that others need. */
const STATEMENT_TIMEOUT_MS = 30_000;
/** Longer than the statement timeout: after it the network has lost the response. */
const ANSWER_TIMEOUT_MS = 35_000;
const NO_LIMITS = '-c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0';
const CONNECT_TIMEOUT_MS = 5_000;
const KEEP_ALIVE = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 };
const CONNECT_AGAIN_FOR_MS = 15_000;
const CONNECT_AGAIN_AFTER_MS = 500;
const LOST_TOLD_EVERY_MS = 1_000;
/** For `detach partition … concurrently`. */
const OLDEST_MAJOR = 14;

const logger = new Logger('Database');

/**
 * Connects for requests, and retries for about 15 seconds while PostgreSQL starts.
 * @throws DatabaseUnreachable
 */
export async function connectForRequests(dsn: string, entities: EntityClass[]): Promise<DataSource> {
  const connection = connectionOf(dsn);
  return unlessRefused({ statement_timeout: STATEMENT_TIMEOUT_MS }, (limits) =>
    connect(connection, optionsOf(connection, entities, { query_timeout: ANSWER_TIMEOUT_MS, ...limits })),
  );
}

/** Without settings at the start of the connection, where a pooler refuses them. */
async function unlessRefused(settings: object, open: (settings: object) => Promise<DataSource>): Promise<DataSource> {
  try {
    return await open(settings);
  } catch (error) {
    if (!isRefusedByPooler(error)) throw error;
    return open({});
  }
}

/**
 * Connects for a command that runs alone (migrations, janitor), without a time limit, whatever limits the role has.
 * @throws DatabaseUnreachable
 */
export function connectForCommand(dsn: string, connections = 1): Promise<DataSource> {
  const connection = connectionOf(dsn);
  return unlessRefused({ options: NO_LIMITS }, (limits) =>
    connect(connection, optionsOf(connection, [], { min: 0, max: connections, ...limits })),
  );
}

/** One connection outside the pool, for LISTEN: when it breaks it emits `error` or `end`. @throws errors of pg */
export function connectToListen(dsn: string): Promise<pg.Client> {
  return connectApart(dsn, CONNECT_TIMEOUT_MS);
}

/**
 * One connection outside the pool.
 * @param patience milliseconds for the connection and for each response
 * @throws errors of pg
 */
export async function connectApart(dsn: string, patience: number): Promise<pg.Client> {
  const { url } = parseDsn(dsn);
  const client = new pg.Client({
    connectionString: url,
    application_name: 'ostiary',
    connectionTimeoutMillis: patience,
    query_timeout: patience,
    ...KEEP_ALIVE,
  });
  client.on('error', () => undefined); // the caller adds its listener later
  try {
    await client.connect();
  } catch (error) {
    void client.end(); // a pooler that refuses may leave the connection open
    throw error;
  }
  return client;
}

function connectionOf(dsn: string): Connection {
  const { url, place, pool, warnings } = parseDsn(dsn);
  for (const warning of warnings) logger.warn(warning);
  return { place, pool: { ...pool, connectionString: url } };
}

function optionsOf(connection: Connection, entities: EntityClass[], extra: object): DataSourceOptions {
  return {
    type: 'postgres',
    driver: pg, // TypeORM would load the driver by name, instead of the bundled one
    entities,
    synchronize: false,
    logging: false,
    applicationName: 'ostiary',
    poolErrorHandler: reportLostConnection,
    extra: {
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      Client: PooledConnection,
      ...KEEP_ALIVE,
      ...connection.pool,
      ...extra,
    },
  };
}

async function connect({ place }: Connection, options: DataSourceOptions): Promise<DataSource> {
  const deadline = Date.now() + CONNECT_AGAIN_FOR_MS;
  for (;;) {
    try {
      return await opened(place, new DataSource(options));
    } catch (error) {
      if (error instanceof DatabaseUnreachable) throw error;
      if (isFinal(error) || Date.now() > deadline) throw new DatabaseUnreachable(place, error);
    }
    await sleep(CONNECT_AGAIN_AFTER_MS);
  }
}

async function opened(place: string, dataSource: DataSource): Promise<DataSource> {
  await dataSource.initialize();
  const driver = dataSource.driver as PostgresDriver;
  closeFaulty(driver.master as pg.Pool);
  if (Number.parseInt(driver.version ?? '', 10) < OLDEST_MAJOR) {
    await dataSource.destroy();
    throw new DatabaseUnreachable(
      place,
      new Error(`it is version ${driver.version ?? ''}, at least ${OLDEST_MAJOR} is needed`),
    );
  }
  return dataSource;
}

/** Waiting does not correct a wrong password or a missing database. */
function isFinal(error: unknown): boolean {
  return !isUnavailable(error) || isRefusedByPooler(error) || /^(28|3D)/.test(sqlState(error) ?? '');
}

/** A pooler may refuse settings at the start of a connection (PgBouncer: "unsupported startup parameter"). */
function isRefusedByPooler(error: unknown): boolean {
  const cause = error instanceof DatabaseUnreachable ? error.cause : error;
  return cause instanceof Error && /unsupported startup parameter/.test(cause.message);
}

/** When PostgreSQL stops, all connections of the pool are lost, and so are those that are opened to replace them. */
const lost = new ThrottledReport<unknown>(LOST_TOLD_EVERY_MS, (error, connections) => {
  const cause = error instanceof Error ? error.message : String(error);
  if (connections === 1) logger.warn(`A connection to PostgreSQL was lost: ${cause}`);
  else logger.warn(`${connections} connections to PostgreSQL were lost, the last because of: ${cause}`);
});

function reportLostConnection(error: unknown): void {
  lost.record(error);
}
