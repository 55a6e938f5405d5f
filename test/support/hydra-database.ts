/**
 * Databases of Hydra for tests: the dump in test/fixtures/hydra-26.2, in the form of its own release or of an older one.
 * A dump is restored once in a run; every test database is a copy.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { databaseFrom, type TestDatabase } from './postgres.js';
import { restoreDump } from './restore-dump.js';

const HYDRA_FIXTURE = join(import.meta.dirname, '../fixtures/hydra-26.2');

const NO_ROTATED_SECRETS = 'alter table hydra_client drop column rotated_secrets';
const USED_STATE = 'update hydra_oauth2_flow set state = 6';
const NO_DEVICE_FLOW = `alter table hydra_client
    drop column device_authorization_grant_id_token_lifespan,
    drop column device_authorization_grant_access_token_lifespan,
    drop column device_authorization_grant_refresh_token_lifespan;
  drop table hydra_oauth2_device_auth_codes;
  alter table hydra_oauth2_refresh drop column used_times;
  alter table hydra_oauth2_authentication_session drop column expires_at;
  alter table hydra_oauth2_flow drop column expires_at cascade, drop column device_challenge_id, drop column device_code_request_id`;
const NO_EXPIRY = ['access', 'refresh', 'code', 'oidc', 'pkce']
  .map((name) => `alter table hydra_oauth2_${name} drop column expires_at`)
  .join('; ');
const NO_ROTATION_RECORD =
  'alter table hydra_oauth2_refresh drop column first_used_at, drop column access_token_signature';

/** What turns the schema of the dump into that of an older release. */
export const OLDER_SCHEMAS = {
  '26.2.0': NO_ROTATED_SECRETS,
  '25.4.0': [NO_ROTATED_SECRETS, USED_STATE].join('; '),
  '2.3.0': [NO_ROTATED_SECRETS, NO_DEVICE_FLOW, USED_STATE].join('; '),
  '2.2.0': [NO_ROTATED_SECRETS, NO_DEVICE_FLOW, USED_STATE, NO_EXPIRY, NO_ROTATION_RECORD].join('; '),
} as const;

export type OlderSchema = keyof typeof OLDER_SCHEMAS;

/** A copy of its own of the database of the fixture. */
export function hydraDatabase(): Promise<TestDatabase> {
  return databaseFrom('hydra', async (dsn) => restoreDump(dsn, await hydraDump()));
}

/** The text of pg_dump. */
export const hydraDump = (): Promise<string> => readFile(join(HYDRA_FIXTURE, 'dump.sql'), 'utf8');

/** The same, after the statements. */
export async function changedHydraDatabase(statements: string): Promise<TestDatabase> {
  const database = await hydraDatabase();
  await onDatabase(database.dsn, (client) => client.query(statements));
  return database;
}

export function olderHydraDatabase(release: OlderSchema): Promise<TestDatabase> {
  return changedHydraDatabase(OLDER_SCHEMAS[release]);
}

/** The configuration of Hydra, with a new copy at each call. */
export async function hydraConfiguration(): Promise<HydraConfiguration> {
  return (await fixtureFile('config.json')) as HydraConfiguration;
}

/** Token → Hydra's answer of introspection. */
export async function hydraAnswers(): Promise<Record<string, IntrospectionAnswer>> {
  return (await fixtureFile('expected.json')) as Record<string, IntrospectionAnswer>;
}

/** What clients, browsers and operators hold, by the name of the file. */
export async function hydraVectors(): Promise<Record<string, unknown>> {
  const names = ['vectors.json', 'vectors-more.json'];
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await fixtureFile(name)] as const)));
}

/** The parts of Hydra's configuration that tests name. */
export interface HydraConfiguration extends Record<string, unknown> {
  dev: boolean;
  urls: { self: { issuer: string } } & Record<string, unknown>;
  secrets: { system: string[]; cookie?: string[] };
  serve?: { cookies: { names: { session: string } } };
  oidc: { subject_identifiers: { pairwise: { salt: string } } & Record<string, unknown> } & Record<string, unknown>;
  /** In whole hours here. */
  ttl?: Record<string, string>;
  oauth2?: { grant: { refresh_token: { rotation_grace_period: string; rotation_grace_reuse_count: number } } };
}

export interface IntrospectionAnswer extends Record<string, unknown> {
  active: boolean;
  client_id?: string;
  sub?: string;
  exp?: number;
  iat?: number;
}

async function fixtureFile(name: string): Promise<unknown> {
  return JSON.parse(await readFile(join(HYDRA_FIXTURE, name), 'utf8'));
}

/** Runs queries on a database of a test. */
export async function onDatabase<T>(dsn: string, run: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: dsn });
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}
