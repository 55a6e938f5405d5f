/** The tables that an import writes, in the order of their foreign keys, and the types of their columns for COPY. */

export const TARGET_TABLES = {
  client: {
    key: 'bigint',
    client_id: 'text',
    name: 'text',
    owner: 'text',
    secret_hash: 'text',
    rotated_secret_hashes: 'text[]',
    registration_token_digest: 'bytea',
    metadata: 'text',
    version: 'integer',
    created_at: 'timestamptz',
    updated_at: 'timestamptz',
  },
  json_web_key: {
    set_id: 'text',
    kid: 'text',
    alg: 'text',
    state: 'text',
    not_before: 'timestamptz',
    sealed_jwk: 'bytea',
    created_at: 'timestamptz',
  },
  trusted_issuer: {
    id: 'uuid',
    issuer: 'text',
    kid: 'text',
    subject: 'text',
    allow_any_subject: 'boolean',
    scope: 'text[]',
    created_at: 'timestamptz',
    expires_at: 'timestamptz',
  },
  login_session: {
    id: 'uuid',
    subject: 'text',
    authenticated_at: 'timestamptz',
    remember: 'boolean',
    identity_provider_session_id: 'text',
    expires_at: 'timestamptz',
  },
  consent: {
    id: 'uuid',
    subject: 'text',
    client_key: 'bigint',
    login_session_id: 'uuid',
    granted_scope: 'text[]',
    granted_audience: 'text[]',
    remember: 'boolean',
    remember_for: 'integer',
    skip: 'boolean',
    requested_at: 'timestamptz',
    handled_at: 'timestamptz',
    expires_at: 'timestamptz',
    details: 'bytea',
    rests_on: 'uuid',
    superseded: 'boolean',
  },
  forced_subject: { client_key: 'bigint', subject: 'text', identifier: 'text' },
  use_mark: { bucket: 'integer', digest: 'bytea' },
  authorization_grant: {
    id: 'uuid',
    client_key: 'bigint',
    consent_id: 'uuid',
    subject: 'text',
    scope: 'text[]',
    audience: 'text[]',
    session: 'bytea',
    created_at: 'timestamptz',
    keep_until: 'timestamptz',
  },
  refresh_chain: {
    id: 'uuid',
    grant_id: 'uuid',
    generation: 'integer',
    digest: 'bytea',
    issued_at: 'timestamptz',
    expires_at: 'timestamptz',
    previous_used_at: 'timestamptz',
    previous_uses: 'integer',
    keep_until: 'timestamptz',
  },
  imported_refresh_token: { id: 'uuid', digest: 'bytea', chain_id: 'uuid', generation: 'integer' },
  access_token: {
    bucket: 'integer',
    id: 'uuid',
    digest: 'bytea',
    client_key: 'bigint',
    grant_id: 'uuid',
    chain_id: 'uuid',
    chain_generation: 'integer',
    subject: 'text',
    scope: 'text[]',
    audience: 'text[]',
    session: 'bytea',
    issued_at: 'timestamptz',
    expires_at: 'timestamptz',
    client_version: 'integer',
  },
} as const;

type Tables = typeof TARGET_TABLES;
export type TargetTable = keyof Tables;

/** What JavaScript holds for each type. A bigint as a moment counts microseconds since 1970, in UTC. */
interface ValueOf {
  bigint: string | number | bigint;
  integer: number;
  boolean: boolean;
  text: string;
  'text[]': readonly string[];
  bytea: Buffer;
  uuid: string;
  timestamptz: Date | bigint | 'infinity';
}

export type ColumnType = keyof ValueOf;

/**
 * A row of one of our tables. A column that is null or left out is NULL: COPY fills in no defaults. `json_web_key.seq` counts
 * the keys in the order in which they come.
 */
export type NewRow = {
  [Table in TargetTable]: {
    table: Table;
    values: { [Column in keyof Tables[Table]]?: ValueOf[Tables[Table][Column] & ColumnType] | null };
  };
}[TargetTable];
