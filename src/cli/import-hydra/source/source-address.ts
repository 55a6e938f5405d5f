/** The address of Hydra's database, as Hydra's configuration has it. */
import { isPostgresDsn, parseDsn } from '../../../config/dsn.js';
import { CommandFailed } from '../../command-failed.js';

export interface SourceAddress {
  /** For the driver, without the parameters of Hydra's pool. */
  url: string;
  /** Host and database without credentials, for messages. */
  place: string;
  /** Hydra's driver takes it as a parameter of the address. */
  searchPath: string | undefined;
}

const OTHER_SCHEME = /^(mysql|mariadb|cockroach(?:db)?|crdb|sqlite3?|memory|mssql|sqlserver)\b/i;

/** @throws CommandFailed for other databases than PostgreSQL */
export function sourceAddress(dsn: string): SourceAddress {
  const [, other] = OTHER_SCHEME.exec(dsn) ?? [];
  if (other !== undefined) throw new CommandFailed(unsupported(other.toLowerCase()));
  if (!isPostgresDsn(dsn))
    throw new CommandFailed('The address of the source must be postgres://user:password@host:5432/database.');
  const { url, place } = parseDsn(dsn);
  const [, query = ''] = url.split('?', 2);
  return { url, place, searchPath: new URLSearchParams(query).get('search_path') ?? undefined };
}

function unsupported(scheme: string): string {
  const before = `A Hydra on ${scheme} cannot be read: only PostgreSQL can.`;
  if (scheme === 'memory') return `${before} What it holds ends with its process.`;
  return `${before} Create the tables in an empty PostgreSQL database with \`hydra migrate sql up\`, copy the rows of every table into it, and give its address.`;
}
