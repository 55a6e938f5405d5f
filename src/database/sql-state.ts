/** What PostgreSQL said, by its error codes (PostgreSQL manual, appendix A), also through TypeORM's wrapping. */

interface PostgresError {
  code: string;
  message?: string;
  constraint?: string;
}

/** The five characters of the code; undefined for an error that did not come from PostgreSQL. */
export function sqlState(error: unknown): string | undefined {
  return postgresError(error)?.code;
}

/** A row with this key is there already; `constraint` narrows it to the constraint or index of that name. */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  const found = postgresError(error);
  return found?.code === '23505' && (constraint === undefined || found.constraint === constraint);
}

/** A referenced row is gone, or is still referenced. */
export function isForeignKeyViolation(error: unknown): boolean {
  return sqlState(error) === '23503';
}

/** An insert found no partition for its bucket: `Buckets.ensure` makes it. */
export function isMissingPartition(error: unknown): boolean {
  const found = postgresError(error);
  // A check violation; only those of a named check carry a constraint.
  return found?.code === '23514' && found.constraint === undefined && /partition/.test(found.message ?? '');
}

/**
 * A migration gave a column of the result another type after the statement was prepared. PostgreSQL finds that before it
 * executes anything, and says it each time until the statement is prepared anew.
 */
export function isOutdatedPlan(error: unknown): boolean {
  return sqlState(error) === '0A000';
}

function postgresError(error: unknown): PostgresError | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const driverError = (error as { driverError?: unknown }).driverError;
  if (driverError !== undefined && driverError !== error) return postgresError(driverError);
  const { code } = error as { code?: unknown };
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && !NODE_CODES.has(code)
    ? (error as PostgresError)
    : undefined;
}

/** System errors whose names look like a code of PostgreSQL. */
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
