/** Reads PostgreSQL's error codes (PostgreSQL manual, appendix A), also from errors that TypeORM wrapped. */

interface PostgresError {
  code: string;
  message?: string;
  constraint?: string;
  /** The function of PostgreSQL that raised the error: unlike the message it does not depend on the language. */
  routine?: string;
}

/** The five characters of the code; undefined for an error that did not come from PostgreSQL. */
export function sqlState(error: unknown): string | undefined {
  return postgresError(error)?.code;
}

/** A row with this key exists already; `constraint` restricts it to the constraint or index of that name. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  const found = postgresError(error);
  return found?.code === '23505' && (constraint === undefined || found.constraint === constraint);
}

/** A referenced row is missing, or is still referenced. */
export function isForeignKeyViolation(error: unknown): boolean {
  return sqlState(error) === '23503';
}

/** An insert found no partition for its bucket: `Buckets.ensure` creates it. */
export function isMissingPartition(error: unknown): boolean {
  const found = postgresError(error);
  // A check violation; only violations of a named check carry a constraint.
  return found?.code === '23514' && found.constraint === undefined && /partition/.test(found.message ?? '');
}

/**
 * A migration changed the type of a result column after the statement was prepared. PostgreSQL detects that before it
 * executes anything, and reports it each time until the statement is prepared anew.
 */
export function isOutdatedPlan(error: unknown): boolean {
  const found = postgresError(error);
  return found?.code === FEATURE_NOT_SUPPORTED && found.routine === 'RevalidateCachedQuery';
}

/** The server accepts only reads: a standby, or a primary that is handing over. */
export function isRefusedByStandby(error: unknown): boolean {
  const found = postgresError(error);
  if (found?.code === FEATURE_NOT_SUPPORTED) return found.routine === UNLOGGED_TABLE;
  return found?.code === '25006'; // a write, or another operation that no standby does: LISTEN, nextval, a lock
}

/** The code of an outdated plan as well as of an operation that a standby does not do. */
const FEATURE_NOT_SUPPORTED = '0A000';
/** The function checks a table before the statement is planned. An unlogged table has no content on a standby. */
const UNLOGGED_TABLE = 'get_relation_info';

function postgresError(error: unknown): PostgresError | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const driverError = (error as { driverError?: unknown }).driverError;
  if (driverError !== undefined && driverError !== error) return postgresError(driverError);
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !NODE_CODES.has(code)
    ? (error as PostgresError)
    : undefined;
}

/** System errors whose names look like a PostgreSQL code. */
const NODE_CODES = new Set([
  'EPERM',
  'EPIPE',
  'EBUSY',
  'EXDEV',
  'EROFS',
  'EBADF',
  'EFBIG',
  'EINTR',
  'ESRCH',
  'ENXIO',
  'ENOMEM',
]);
