/** Counts the SQL statements of one request as the driver sends them, including any begin and commit. */
import pg from 'pg';
import { vi } from 'vitest';

/** Statements that run beside requests: leases, sweeps, buckets, deliveries, the health check, the record of an import. */
const HOUSEKEEPING =
  /\blease\b|slice as materialized|for update skip locked|pg_inherits|pg_class|delete from flow|cache_change|pg_notify|^listen |^select 1$|hydra_import/i;

export type Counted = () => Promise<{ status: number }>;

export class StatementCount {
  private readonly query = vi.spyOn(pg.Client.prototype, 'query');

  /** @throws if the request has another status */
  async of(request: Counted, status = 200): Promise<number> {
    this.query.mockClear();
    const answer = await request();
    if (answer.status !== status) throw new Error(`The request was answered with ${answer.status}, not ${status}.`);
    return this.query.mock.calls.filter(([statement]) => !runsBesideRequests(statement)).length;
  }

  end(): void {
    this.query.mockRestore();
  }
}

/** @param statement the first argument of a query of the driver */
export function runsBesideRequests(statement: unknown): boolean {
  return HOUSEKEEPING.test(textOf(statement));
}

function textOf(statement: unknown): string {
  if (typeof statement === 'string') return statement;
  return typeof statement === 'object' && statement && 'text' in statement ? String(statement.text) : '';
}
