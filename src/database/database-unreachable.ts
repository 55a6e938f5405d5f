/** The database cannot be used at the start. The message is for the operator: it names host and database, never a password. */
export class DatabaseUnreachable extends Error {
  constructor(place: string, cause: unknown) {
    super(`PostgreSQL cannot be used at ${place}: ${reason(cause)}`, { cause });
    this.name = 'DatabaseUnreachable';
  }
}

function reason(cause: unknown): string {
  if (cause instanceof AggregateError && cause.message === '') return cause.errors.map(reason).join(', ');
  const { message, code } = cause as { message?: string; code?: string };
  return message || code || 'no answer';
}
