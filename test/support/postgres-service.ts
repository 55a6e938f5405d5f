/**
 * The PostgreSQL of a test run: the server behind TEST_DSN (`postgres://…/{db}`), otherwise an embedded one in a temporary
 * folder. A template database is migrated once; every test database is a copy of it.
 */
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { migrations } from '../../migrations/index.js';
import { startTemporaryPostgres } from '../../src/database/embedded-postgres.js';

export interface PostgresDescription {
  /** A DSN with `{db}` in the place of the database name. */
  pattern: string;
  /** The prefix of every database name of this run. */
  prefix: string;
  template: string;
}

export class PostgresService {
  private started?: Promise<PostgresDescription>;
  private stopServer = async (): Promise<void> => {};

  /** Starts and migrates at the first call. */
  description(): Promise<PostgresDescription> {
    this.started ??= this.start();
    return this.started;
  }

  async stop(): Promise<void> {
    const description = await this.started?.catch(() => undefined);
    if (description) await dropAll(description);
    await this.stopServer();
  }

  private async start(): Promise<PostgresDescription> {
    const prefix = `ostiary_test_${randomBytes(4).toString('hex')}_`;
    const description = { pattern: await this.pattern(), prefix, template: `${prefix}template` };
    await withClient(description.pattern, (client) => client.query(`create database ${description.template}`));
    await migrate(description.pattern.replace('{db}', description.template));
    return description;
  }

  private async pattern(): Promise<string> {
    const given = process.env.TEST_DSN;
    if (given) {
      if (!given.includes('{db}')) throw new Error('TEST_DSN must contain {db} where the database name goes.');
      return given;
    }
    const server = await startTemporaryPostgres();
    this.stopServer = () => server.stop();
    return server.dsn.replace('/ostiary?', '/{db}?');
  }
}

async function migrate(url: string): Promise<void> {
  const dataSource = new DataSource({ type: 'postgres', url, migrations });
  await dataSource.initialize();
  try {
    await dataSource.runMigrations({ transaction: 'each' });
  } finally {
    await dataSource.destroy();
  }
}

async function dropAll({ pattern, prefix }: PostgresDescription): Promise<void> {
  await withClient(pattern, async (client) => {
    const { rows } = await client.query<{ datname: string }>(
      'select datname from pg_database where starts_with(datname, $1)',
      [prefix],
    );
    for (const { datname } of rows) await client.query(`drop database if exists ${datname} with (force)`);
  });
}

/** Runs a query on the maintenance database. */
export async function withClient<T>(pattern: string, run: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: pattern.replace('{db}', 'postgres') });
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}
