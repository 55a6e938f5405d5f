/**
 * SQL of the table `ciba_ping`: a part of the statement that issues, and the claims, which skip rows that another process has
 * locked. Everything else uses the repository (Pings).
 */
import type { Statement } from '../../database/statements.js';

/**
 * A common table expression for the statement that issues, so that a grant and its ping are committed together. It reads the
 * client's `key` from the row of `source`. Parameters from `first`: 1 id, null for no ping; 2 notice; 3 end of the request.
 * @param now the parameter of the present time
 */
export function enqueuePingCte(first: number, { source, now }: { source: string; now: string }): string {
  const [id, notice, until] = [first, first + 1, first + 2].map((n) => `$${String(n)}`);
  return `pinged as (
  insert into ciba_ping (id, client_key, notice, created_at, next_attempt_at, until)
  select ${id}::uuid, key, ${notice}::bytea, ${now}, ${now}, ${until}::timestamptz from ${source} where ${id} is not null
)`;
}

export interface PingRow {
  [column: string]: unknown;
  id: string;
  clientKey: string;
  /** Null if the client was just deleted. */
  clientId: string | null;
  notice: Buffer;
  attempts: number;
  until: Date;
}

/** As CLAIM_DELIVERIES. 1 now, 2 maximum number, 3 end of the lease, 4 keys of clients to skip. */
export const CLAIM_PINGS: Statement = {
  name: 'ciba_ping_claim',
  text: `
with due as (
  select id from ciba_ping where next_attempt_at <= $1 and client_key <> all ($4::bigint[])
  order by next_attempt_at limit $2 for update skip locked
)
update ciba_ping it set next_attempt_at = $3, attempts = attempts + 1
from due where due.id = it.id
returning it.id, client_key as "clientKey", (select client_id from client where key = client_key) as "clientId", notice,
  attempts, until`,
};
