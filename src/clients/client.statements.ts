/**
 * SQL of the table `client`, for speed and for versioned writes. Every request whose client is not in the cache reads a
 * client; a document or a page of them is served ahead of Express; a write checks the version that it is based on. `metadata`
 * travels as text in both directions, so that integers of any size keep their digits. It is stored as that text, after a cast
 * to jsonb that normalises it and applies jsonb's limits.
 */
import type { Statement } from '../database/statements.js';

export const COLUMNS = `key, client_id, name, owner, secret_hash, rotated_secret_hashes, registration_token_digest,
  metadata::text as metadata, version, access_tokens_valid_from, document_fetched_at,
  document_fresh_until, created_at, updated_at`;

export interface ClientRow {
  key: string;
  client_id: string;
  name: string;
  owner: string;
  secret_hash: string | null;
  rotated_secret_hashes: string[];
  registration_token_digest: Buffer | null;
  /** JSON */
  metadata: string;
  version: number;
  access_tokens_valid_from: Date | null;
  document_fetched_at: Date | null;
  document_fresh_until: Date | null;
  created_at: Date;
  updated_at: Date;
}

/** The columns of a client document: hashes are not read for it. */
const DOCUMENT_COLUMNS =
  'client_id, name, owner, metadata::text as metadata, document_fetched_at, created_at, updated_at';

export type DocumentRow = Pick<
  ClientRow,
  'client_id' | 'name' | 'owner' | 'metadata' | 'document_fetched_at' | 'created_at' | 'updated_at'
>;

/** 1 client id. */
export const FIND_DOCUMENT: Statement = {
  name: 'client_document',
  text: `select ${DOCUMENT_COLUMNS} from client where client_id = $1`,
};

/** 1 client id. */
export const FIND_CLIENT: Statement = {
  name: 'client_find',
  text: `select ${COLUMNS} from client where client_id = $1`,
};

/**
 * Returns no row where the id is taken. 1 client id, 2 name, 3 owner, 4 secret hash, 5 registration token digest, 6 metadata,
 * 7 creation.
 */
export const INSERT_CLIENT: Statement = {
  name: 'client_insert',
  text: `
insert into client (client_id, name, owner, secret_hash, registration_token_digest, metadata, created_at, updated_at)
values ($1, $2, $3, $4, $5, $6::text::jsonb::json, $7, $7)
on conflict (client_id) do nothing
returning ${COLUMNS}`,
};

/**
 * Returns no row where the client was changed or deleted since it was read. 1 key, 2 version, 3 name, 4 owner, 5 secret hash,
 * 6 rotated secret hashes, 7 registration token digest, 8 metadata, 9 now.
 */
export const UPDATE_CLIENT: Statement = {
  name: 'client_update',
  text: `
update client set name = $3, owner = $4, secret_hash = $5, rotated_secret_hashes = $6, registration_token_digest = $7,
  metadata = $8::text::jsonb::json, updated_at = $9, version = version + 1
where key = $1 and version = $2
returning ${COLUMNS}`,
};

/** The row of INSERT_CLIENT with the same values. 1 client id, 2 secret hash, 3 registration token digest, 4 creation. */
export const READ_INSERTED: Statement = {
  name: 'client_read_inserted',
  text: `
select ${COLUMNS} from client
where client_id = $1 and secret_hash is not distinct from $2 and registration_token_digest is not distinct from $3
  and created_at = $4`,
};

/** The row that UPDATE_CLIENT has written from the same values, or an equal change. The parameters of UPDATE_CLIENT. */
export const READ_UPDATED: Statement = {
  name: 'client_read_updated',
  text: `
select ${COLUMNS} from client
where key = $1 and version = $2 + 1 and name = $3 and owner = $4 and secret_hash is not distinct from $5
  and rotated_secret_hashes = $6 and registration_token_digest is not distinct from $7
  and metadata::text = $8::text::jsonb::json::text and updated_at = $9`,
};

/** Locks the client against change and deletion until the transaction ends. 1 client id. */
export const HOLD_CLIENT = 'select key from client where client_id = $1 for share';

/**
 * Ends all access tokens issued for an earlier version than the new one; every issuing statement checks the version. The time
 * is for servers of an earlier release and their tokens. 1 client id, 2 now.
 */
export const END_ACCESS_TOKENS: Statement = {
  name: 'client_end_access_tokens',
  text: `
update client set access_tokens_valid_from = greatest(access_tokens_valid_from, $2),
  access_tokens_cut_at = greatest(access_tokens_valid_from, $2), access_tokens_valid_version = version + 1,
  version = version + 1
where client_id = $1 returning key`,
};

/** Those of the origins that some client registered, in lower case; by the index `client_origin`. 1 origins and wildcards. */
export const FIND_ORIGINS: Statement = {
  name: 'client_origins',
  text: `
select asked.pattern from unnest($1::text[]) as asked (pattern)
where exists (
  select from client
  where metadata ->> 'allowed_cors_origins' is not null
    and lower((metadata ->> 'allowed_cors_origins') collate "C")::jsonb ? asked.pattern
)`,
};

export interface ClientFilter {
  name?: string;
  owner?: string;
  /** Whether the metadata is that of a document. */
  byDocument?: boolean;
}

/**
 * A page in the order of the ids: one range scan of one index, whichever filters are given. 1 the id before the page (empty:
 * the beginning), 2 the size, then the owner and the name where they are given.
 */
export function listClients({ name, owner, byDocument }: ClientFilter): Statement {
  const page = pageOf(byDocument);
  if (owner === undefined && name === undefined) {
    return page('client_list', 'client_id > $1', 'client_id');
  }
  if (owner === undefined) return page('client_list_by_name', ...rangeOf('name'));
  if (name === undefined) return page('client_list_by_owner', ...rangeOf('owner'));
  const [conditions, order] = rangeOf('owner');
  return page('client_list_by_both', `name = $4 and ${conditions}`, order);
}

function pageOf(byDocument: boolean | undefined) {
  const [suffix, wanted] =
    byDocument === undefined
      ? ['', '']
      : [byDocument ? '_document' : '_registered', ` and document_fetched_at is ${byDocument ? 'not ' : ''}null`];
  return (name: string, conditions: string, order: string): Statement => ({
    name: name + suffix,
    text: `select ${DOCUMENT_COLUMNS} from client where ${conditions}${wanted} order by ${order} limit $2`,
  });
}

/**
 * Rows with exactly the value $3, written as a range: for an equality the planner may scan the index of all ids and discard
 * most of them.
 */
function rangeOf(column: 'name' | 'owner'): [conditions: string, order: string] {
  return [`(${column}, client_id) > ($3, $1) and ${column} <= $3`, `${column}, client_id`];
}
