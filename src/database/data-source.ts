/** How the program connects to PostgreSQL. */
import { Logger } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { parseDsn } from '../config/dsn.js';
import { DatabaseUnreachable } from './database-unreachable.js';
import { sqlState } from './sql-state.js';
import { isUnavailable } from './unavailable.js';

/** Classes with `@Entity`. */
export type EntityClass = new () => object;

interface Connection {
  /** For messages: host and database without credentials. */
  place: string;
  /** Options of pg and its pool. */
  pool: Record<string, unknown>;
}

/** A statement of a request takes milliseconds; what takes this long holds a connection that others need. */
const STATEMENT_TIMEOUT_MS = 30_000;
/** Beyond the former: the answer is not late, the network lost it. */
const ANSWER_TIMEOUT_MS = 35_000;
const CONNECT_TIMEOUT_MS = 5_000;
const KEEP_ALIVE = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 };
const CONNECT_AGAIN_FOR_MS = 15_000;
const CONNECT_AGAIN_AFTER_MS = 500;
/** `detach partition … concurrently` */
const OLDEST_MAJOR = 14;

const logger = new Logger('Database');

/**
 * Connects for requests, trying again for about 15 seconds while PostgreSQL starts.
 * @throws DatabaseUnreachable
 */
export async function connectForRequests(dsn: string, entities: EntityClass[]): Promise<DataSource> {
  const connection = connectionOf(dsn);
  const limits = { statement_timeout: STATEMENT_TIMEOUT_MS, query_timeout: ANSWER_TIMEOUT_MS };
  try {
    return await connect(connection, optionsOf(connection, entities, limits));
  } catch (error) {
    if (!isRefusedByPooler(error)) throw error;
    return connect(connection, optionsOf(connection, entities, { query_timeout: ANSWER_TIMEOUT_MS }));
  }
}

/** Connects for a command that runs alone (migrations, janitor): one connection, without a limit of time. @throws DatabaseUnreachable */
export function connectForCommand(dsn: string): Promise<DataSource> {
  const connection = connectionOf(dsn);
  return connect(connection, optionsOf(connection, [], { min: 0, max: 1 }));
}

/** One connection outside the pool, for LISTEN: where it breaks it emits `error` or `end`. @throws what pg throws */
export async function connectToListen(dsn: string): Promise<pg.Client> {
  const { url } = parseDsn(dsn);
  const client = new pg.Client({
    connectionString: url,
    application_name: 'ostiary',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: CONNECT_TIMEOUT_MS,
    ...KEEP_ALIVE,
  });
  client.on('error', () => undefined); // whoever it is for listens later
  await client.connect();
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
    driver: pg, // TypeORM would look for it by name, past the one that is bundled
    entities,
    synchronize: false,
    logging: false,
    applicationName: 'ostiary',
    poolErrorHandler: reportLostConnection,
    extra: {
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      Client: LentConnection,
      ...KEEP_ALIVE,
      ...connection.pool,
      ...extra,
    },
  };
}

/** A connection that breaks while it is lent out reports twice: to its query, and here, where nobody else listens. */
class LentConnection extends pg.Client {
  constructor(options?: pg.ClientConfig) {
    super(options);
    this.on('error', () => undefined);
  }
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
  if (Number.parseInt(driver.version ?? '', 10) < OLDEST_MAJOR) {
    await dataSource.destroy();
    throw new DatabaseUnreachable(
      place,
      new Error(`it is version ${driver.version ?? ''}, at least ${OLDEST_MAJOR} is needed`),
    );
  }
  return dataSource;
}

/** A wrong password or a missing database does not become right by waiting. */
function isFinal(error: unknown): boolean {
  return !isUnavailable(error) || isRefusedByPooler(error) || /^(28|3D)/.test(sqlState(error) ?? '');
}

/** A pooler may know no settings at the start of a connection (PgBouncer: "unsupported startup parameter"). */
function isRefusedByPooler(error: unknown): boolean {
  const cause = error instanceof DatabaseUnreachable ? error.cause : error;
  return cause instanceof Error && /unsupported startup parameter/.test(cause.message);
}

function reportLostConnection(error: unknown): void {
  logger.warn(`A connection to PostgreSQL was lost: ${error instanceof Error ? error.message : String(error)}`);
}
