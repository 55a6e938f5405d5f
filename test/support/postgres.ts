import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { type PostgresDescription, withClient } from './postgres-service.js';

export interface TestDatabase {
  dsn: string;
  drop(): Promise<void>;
}

let asked: Promise<PostgresDescription> | undefined;

/** A separate, migrated database for a suite. If the suite does not drop it, the end of the run does. */
export async function freshDatabase(): Promise<TestDatabase> {
  const { prefix, template } = await description();
  return create(`${prefix}${randomBytes(6).toString('hex')}`, template);
}

/** The same without any table. */
export async function emptyDatabase(): Promise<TestDatabase> {
  const { prefix } = await description();
  return create(`${prefix}${randomBytes(6).toString('hex')}`, 'template0');
}

/**
 * A copy of a database that is filled once in a run.
 * @param fill fills the empty database behind the DSN
 */
export async function databaseFrom(name: string, fill: (dsn: string) => Promise<unknown>): Promise<TestDatabase> {
  const { prefix, pattern } = await description();
  const template = `${prefix}${name}_template`;
  await withClient(pattern, async (client) => {
    await client.query('select pg_advisory_lock(hashtext($1))', [template]); // test files run in several processes
    const { rowCount } = await client.query('select from pg_database where datname = $1', [template]);
    if (rowCount !== 0) return;
    const filling = await create(`${template}_filling`, 'template0');
    await fill(filling.dsn);
    await client.query(`alter database ${template}_filling rename to ${template}`);
  });
  return create(`${prefix}${randomBytes(6).toString('hex')}`, template);
}

async function create(name: string, template: string): Promise<TestDatabase> {
  const { pattern } = await description();
  await withClient(pattern, (client) => client.query(`create database ${name} template ${template}`));
  return {
    dsn: pattern.replace('{db}', name),
    drop: async () => {
      await withClient(pattern, (client) => client.query(`drop database if exists ${name} with (force)`));
    },
  };
}

function description(): Promise<PostgresDescription> {
  asked ??= ask();
  return asked;
}

async function ask(): Promise<PostgresDescription> {
  const response = await fetch(inject('postgresService'));
  if (!response.ok) throw new Error(`No PostgreSQL for the tests: ${await response.text()}`);
  return (await response.json()) as PostgresDescription;
}
