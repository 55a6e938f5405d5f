/**
 * SQL of the table `client`. `metadata` travels as text in both directions, so that integers of any size in it keep their
 * digits. It is stored as that text; on its way in it passes through jsonb, for its one spelling and its limits. Every
 * change names the version that it was made from.
 */
import type { Statement } from '../database/statements.js';

const COLUMNS = `key, client_id, name, owner, secret_hash, rotated_secret_hashes, registration_token_digest,
  metadata::text as metadata, version, access_tokens_valid_from, created_at, updated_at`;

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
  created_at: Date;
  updated_at: Date;
}

/** What the wire document of a client is made of: no hash leaves the database for it. */
const DOCUMENT_COLUMNS = 'client_id, name, owner, metadata::text as metadata, created_at, updated_at';

export type DocumentRow = Pick<ClientRow, 'client_id' | 'name' | 'owner' | 'metadata' | 'created_at' | 'updated_at'>;

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
 * No row: the id is taken. 1 client id, 2 name, 3 owner, 4 secret hash, 5 registration token digest, 6 metadata,
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
 * No row: the client changed or went since it was read. 1 key, 2 version, 3 name, 4 owner, 5 secret hash, 6 rotated
 * secret hashes, 7 registration token digest, 8 metadata, 9 now.
 */
export const UPDATE_CLIENT: Statement = {
  name: 'client_update',
  text: `
update client set name = $3, owner = $4, secret_hash = $5, rotated_secret_hashes = $6, registration_token_digest = $7,
  metadata = $8::text::jsonb::json, updated_at = $9, version = version + 1
where key = $1 and version = $2
returning ${COLUMNS}`,
};

/** Everything that hangs on the client goes with it. 1 key. */
export const DELETE_CLIENT: Statement = {
  name: 'client_delete',
  text: `delete from client where key = $1 returning client_id`,
};

/** Ends what was issued until now. 1 client id, 2 now. */
export const END_ACCESS_TOKENS: Statement = {
  name: 'client_end_access_tokens',
  text: `
update client set access_tokens_valid_from = greatest(access_tokens_valid_from, $2), version = version + 1
where client_id = $1 returning key`,
};

export interface ClientFilter {
  name?: string;
  owner?: string;
}

/**
 * A page in the order of the ids: one range scan of one index, whichever filters are given. 1 the id after which it begins
 * (empty: at the beginning), 2 how many, then the owner and the name where they are given.
 */
export function listClients({ name, owner }: ClientFilter): Statement {
  if (owner === undefined && name === undefined) {
    return page('client_list', 'client_id > $1 order by client_id');
  }
  if (owner === undefined) return page('client_list_by_name', rangeOf('name'));
  if (name === undefined) return page('client_list_by_owner', rangeOf('owner'));
  return page('client_list_by_both', `name = $4 and ${rangeOf('owner')}`);
}

function page(name: string, conditions: string): Statement {
  return { name, text: `select ${DOCUMENT_COLUMNS} from client where ${conditions} limit $2` };
}

/**
 * Those with exactly the value $3, written as a range: with an equality the planner may walk the index of all ids and
 * throw most of them away.
 */
function rangeOf(column: 'name' | 'owner'): string {
  return `(${column}, client_id) > ($3, $1) and ${column} <= $3 order by ${column}, client_id`;
}
