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
