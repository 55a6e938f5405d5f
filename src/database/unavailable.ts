import { DatabaseBusy } from './database-busy.js';
import { isRefusedByStandby, sqlState } from './sql-state.js';

/**
 * PostgreSQL's codes and classes that mean "not now": nothing was decided, and the same request may succeed later.
 * The last two: a schema that is not migrated (or migrated further) is handled like a database that is starting.
 */
const NOT_NOW = [
  /^08/, // connection exceptions, and refusals of a pooler
  /^28/, // the login is refused: a password that is being changed
  /^3D000$/, // no such database
  /^53/, // out of connections, memory or disk
  /^57P0/, // shutting down, crashed, starting, dropped
  /^57014$/, // statement timeout
  /^55P03$/, // lock timeout
  /^25P0[34]$/, // a transaction that paused or took too long: its connection is closed
  /^40001$|^40P01$/, // serialization failure (a standby's conflict, too), deadlock
  /^58030$/, // the disk fails
  /^42P01$|^42703$/, // undefined table or column: migrations are pending
];

const SOCKET_CODES = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

/** Messages of pg and pg-pool, whose errors carry no code, and of TypeORM before it is connected. */
const TEXTS =
  /^(Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|Client (has encountered|was closed)|Cannot use a pool after|The server does not support SSL connections|Driver not Connected)/;

/**
 * The database cannot be reached, is starting, shutting down or a standby, lost the connection, has no free one, or is
 * not migrated: the response is 503, and the same request may be sent again.
 */
export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof DatabaseBusy) return true;
  const state = sqlState(error);
  if (state !== undefined) return isRefusedByStandby(error) || NOT_NOW.some((pattern) => pattern.test(state));
  if (TEXTS.test(error.message)) return true;
  if (error instanceof AggregateError) return error.errors.some(isUnavailable); // one error for each address of the host
  const { code, syscall, driverError } = error as { code?: string; syscall?: string; driverError?: unknown };
  if (code !== undefined && SOCKET_CODES.has(code)) return true;
  if (syscall === 'connect') return true; // ENOENT, EACCES of a unix socket
  return driverError !== undefined && driverError !== error && isUnavailable(driverError);
}
