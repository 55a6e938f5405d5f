import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type pg from 'pg';
import type { DataSource } from 'typeorm';
import type { Configuration } from '../../../config/configuration.js';
import { parseDsn } from '../../../config/dsn.js';
import { connectToListen } from '../../../database/data-source.js';
import { appliedMigrations, migrationIds } from '../../../database/migrations.js';
import { type OpeningSecrets, resealedValue, type SealedRow, sealedRows } from '../../../database/sealed-column.js';
import { isRedisConfigured } from '../../../flow-store/redis-configured.js';
import { SEALED_KEYS } from '../../../keys/key-records.js';
import { because, fail, type Finding, ok, warn } from '../finding.js';
import { judgeClock } from './clock.js';
import { checkCors } from './cors.js';

interface About {
  version: string;
  number: number;
  encoding: string;
  standby: boolean;
  connections: number;
  ssl: boolean | null;
}

const OLDEST = 140_000;
const PROOF_WITHIN_MS = 3_000;

export async function checkDatabase(configuration: Configuration): Promise<Finding[]> {
  const { dsn = '' } = configuration;
  const { place, warnings } = parseDsn(dsn);
  const parameters = warnings.map((one) => warn('dsn', one.replace(/\.$/, ''), 'Correct or remove the parameter'));
  let client: pg.Client;
  try {
    client = await connectToListen(dsn);
  } catch (error) {
    const change = 'Start PostgreSQL, or correct dsn';
    return [...parameters, fail('database', `${place} cannot be used: ${because(error)}`, change)];
  }
  try {
    return [...parameters, ...(await examined(client, configuration))];
  } catch (error) {
    return [...parameters, fail('database', `${place} fails: ${because(error)}`, 'Look at the log of PostgreSQL')];
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function examined(client: pg.Client, configuration: Configuration): Promise<Finding[]> {
  const { dsn = '' } = configuration;
  const { rows } = await client.query<About>(ABOUT);
  const migrations = await checkMigrations(client);
  return [
    ...rows.flatMap((about) => judgeServer(about, dsn)),
    migrations,
    ...(migrations.state === 'fail' ? [] : await checkRows(client, configuration)),
    await checkClock(client),
    ...(isRedisConfigured(configuration.redis) ? [] : [await checkListen(client, configuration)]),
  ];
}

async function checkRows(client: pg.Client, configuration: Configuration): Promise<Finding[]> {
  return [await checkKeys(client, configuration.secrets), ...(await checkCors(client, configuration))];
}

const ABOUT = `
select current_setting('server_version') as version, current_setting('server_version_num')::integer as number,
  current_setting('server_encoding') as encoding, pg_is_in_recovery() as standby,
  current_setting('max_connections')::integer as connections,
  (select ssl from pg_stat_ssl where pid = pg_backend_pid()) as ssl`;

function judgeServer({ version, number, encoding, standby, connections, ssl }: About, dsn: string): Finding[] {
  const { place, pool } = parseDsn(dsn);
  const isLocal = /^(\/|localhost|127\.|\[::1\])/.test(place);
  const found: Finding[] = [];
  if (number < OLDEST) found.push(fail('database', `it is version ${version}`, 'Use PostgreSQL 14 or later'));
  if (standby) found.push(fail('database', 'it is a standby: nothing can be written', 'Let dsn lead to the primary'));
  if (encoding !== 'UTF8')
    found.push(fail('database', `its encoding is ${encoding}`, 'Make the database with the encoding UTF8'));
  if (ssl !== true && !isLocal)
    found.push(warn('database', 'the connection is not encrypted', 'Add sslmode=verify-full to dsn'));
  if (pool.max > connections) {
    const finding = `one server opens up to ${pool.max} connections, PostgreSQL allows ${connections}`;
    found.push(warn('connections', finding, 'Lower max_conns in dsn, or raise max_connections'));
  }
  return found.length > 0 ? found : [ok('database', `PostgreSQL ${version} at ${place}`)];
}

async function checkMigrations(client: pg.Client): Promise<Finding> {
  const applied = new Set(await appliedMigrations(queries(client)));
  const pending = migrationIds.filter((id) => !applied.has(id));
  const unknown = [...applied].filter((id) => !migrationIds.includes(id));
  if (pending.length > 0) return fail('migrations', `pending: ${pending.join(', ')}`, 'Run: ostiary migrate sql up');
  if (unknown.length > 0)
    return warn('migrations', `applied by a newer version: ${unknown.join(', ')}`, 'Upgrade this program as well');
  return ok('migrations', 'all are applied');
}

/** Checks that the server will be able to sign. */
async function checkKeys(client: pg.Client, secrets: OpeningSecrets): Promise<Finding> {
  const rows: SealedRow[] = await sealedRows(queries(client), SEALED_KEYS);
  const renewed = rows.map(
    ({ key, sealed }) => sealed && [sealed, resealedValue(SEALED_KEYS, { key, sealed }, secrets)],
  );
  const closed = renewed.filter((pair) => pair && pair[1] === undefined).length;
  const old = renewed.filter((pair) => pair?.[1] && pair[0] !== pair[1]).length;
  if (closed > 0) {
    const change =
      'Put the secret under which they were made back into secrets.system, or restore rows that were moved';
    return fail('keys', `${closed} open under none of secrets.system`, change);
  }
  if (old > 0)
    return warn('keys', `${old} are sealed under an older secret, or not bound to their row`, 'Run: ostiary reencrypt');
  return ok('keys', rows.length > 0 ? 'they open under the first of secrets.system' : 'the first start will make them');
}

async function checkClock(client: pg.Client): Promise<Finding> {
  const before = Date.now();
  const { rows } = await client.query<{ time: Date }>('select clock_timestamp() as time');
  const after = Date.now();
  return judgeClock('PostgreSQL', { there: rows[0]?.time.getTime() ?? 0, before, after });
}

/** Checks that notifications arrive: a pooler in transaction mode, or a wrong database, does not deliver them. */
async function checkListen(client: pg.Client, { dsn = '', database }: Configuration): Promise<Finding> {
  const change = 'Set database.direct_dsn to an address that reaches the same database without the pooler';
  let listener: pg.Client;
  try {
    listener = await connectToListen(database.direct_dsn ?? dsn);
  } catch (error) {
    const finding = `${parseDsn(database.direct_dsn ?? dsn).place} cannot be used: ${because(error)}`;
    return fail('notifications', finding, 'Correct database.direct_dsn');
  }
  try {
    const name = `ostiary_doctor_${randomBytes(8).toString('hex')}`;
    await listener.query(`listen ${name}`);
    const heard = once(listener, 'notification', { signal: AbortSignal.timeout(PROOF_WITHIN_MS) });
    await Promise.all([heard, client.query('select pg_notify($1, $2)', [name, ''])]);
    return ok('notifications', 'servers tell each other of changes through LISTEN');
  } catch {
    return warn('notifications', 'LISTEN brings nothing: changes of other servers are found by polling', change);
  } finally {
    await listener.end().catch(() => undefined);
  }
}

/** The shape of TypeORM's result of a select. */
function queries(client: pg.Client): Pick<DataSource, 'query'> {
  return {
    query: async <T>(text: string, values?: unknown[]) => (await client.query(text, values)).rows as T,
  };
}
