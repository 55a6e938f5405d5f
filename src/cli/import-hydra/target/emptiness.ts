/** An import fills a fresh database: what is there already could mean something else than what comes. */
import type { EntityManager } from 'typeorm';
import { CommandFailed } from '../../command-failed.js';

const TABLES: readonly (readonly [table: string, plural: string])[] = [
  ['client', 'clients'],
  ['json_web_key', 'keys'],
  ['trusted_issuer', 'trusted issuers'],
  ['login_session', 'login sessions'],
  ['consent', 'consents'],
  ['forced_subject', 'forced subject identifiers'],
  ['use_mark', 'marks of used assertions'],
  ['authorization_grant', 'grants'],
  ['refresh_chain', 'refresh tokens'],
  ['imported_refresh_token', 'imported refresh tokens'],
  ['access_token', 'access tokens'],
  ['logout_delivery', 'logout notices'],
];
/** A larger number is not worth the time that counting takes. */
const COUNTED = 1_000;

/** @throws CommandFailed that names what is there */
export async function requireEmpty(database: Pick<EntityManager, 'query'>): Promise<void> {
  const counts = TABLES.map(
    ([table]) => `(select count(*)::integer from (select from ${table} limit ${COUNTED + 1}) it) as ${table}`,
  );
  const [row] = await database.query<[Record<string, number>]>(`select ${counts.join(', ')}`);
  const found = TABLES.filter(([table]) => (row[table] ?? 0) > 0).map(([table, plural]) =>
    named(row[table] ?? 0, plural),
  );
  if (found.length > 0)
    throw new CommandFailed(
      `The target is not empty: it holds ${found.join(', ')}. Create an empty database, run \`ostiary migrate sql up\` on it, start no server, and import into that.`,
    );
}

const named = (count: number, plural: string): string =>
  `${plural} (${count > COUNTED ? `more than ${COUNTED}` : count})`;
