/** SQL for clients whose metadata is their document. The table belongs to the whole room: see client.statements.ts. */
import type { Statement } from '../../database/statements.js';
import { COLUMNS } from '../client.statements.js';
import { metadataText } from '../client-row.js';
import type { RegisteredClient } from '../registered-client.js';

/**
 * Gives a client its row, as part of the statement that writes its first grant; returns nothing where another request was
 * faster. Its values: see `introductionValues`. @param $ the placeholder of the nth of them @param when a condition
 */
export function introduceClient($: (n: number) => string, when: string): string {
  return `
  insert into client (client_id, name, metadata, created_at, updated_at, document_fetched_at, document_fresh_until)
  select ${$(1)}::text, ${$(2)}::text, ${$(3)}::text::jsonb::json, ${$(4)}::timestamptz, ${$(4)}::timestamptz,
    ${$(5)}::timestamptz, ${$(6)}::timestamptz
  where ${when}
  on conflict (client_id) do nothing
  returning key, version`;
}

/** The number of its values. */
export const INTRODUCTION_VALUES = 6;

/** The values of `introduceClient`, in their order. */
export function introductionValues({ entity }: RegisteredClient, now: Date): unknown[] {
  const { clientId, name, metadata, documentFetchedAt, documentFreshUntil } = entity;
  return [clientId, name, metadataText(metadata), now, documentFetchedAt, documentFreshUntil];
}

/** Every grant in the making holds this row: after it, all are visible, and later ones find the new version. 1 key. */
export const LOCK_CLIENT = 'select key from client where key = $1 for update';

/**
 * Returns no row where the client was changed or deleted since it was read. 1 key, 2 version, 3 name, 4 metadata, 5 fetched
 * at, 6 fresh until, 7 now.
 */
export const REPLACE_DOCUMENT = `
with changed as (
  update client set name = $3, metadata = $4::text::jsonb::json, document_fetched_at = $5, document_fresh_until = $6,
    updated_at = $7, version = version + 1
  where key = $1 and version = $2 and document_fetched_at is not null
  returning ${COLUMNS}
)
select * from changed`;

/** The document says the same: the client keeps its version. 1 key, 2 version, 3 fetched at, 4 fresh until. */
export const RENEW_DOCUMENT: Statement = {
  name: 'client_renew_document',
  text: `
update client set document_fetched_at = $3, document_fresh_until = $4
where key = $1 and version = $2 and document_fetched_at is not null returning key`,
};
