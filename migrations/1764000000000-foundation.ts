import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The tables that hold what must survive, and the UNLOGGED table of the PostgreSQL flow store.
 * Keys of rows that come and go rise with time (uuid v7), so that inserts touch few pages. What is updated in place has
 * no index on what changes, nor on when it may go: the keeper walks the primary keys instead.
 * Sealed columns are random bytes: PostgreSQL need not try to compress them (storage external).
 */
export class Foundation1764000000000 implements MigrationInterface {
  name = 'Foundation1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}

const UP = `
create table client (
  key bigint generated always as identity primary key,
  client_id text collate "C" not null constraint client_client_id unique check (client_id <> '' and length(client_id) <= 255),
  name text not null default '',
  owner text not null default '',
  secret_hash text,
  rotated_secret_hashes text[] not null default '{}',
  registration_token_digest bytea,
  metadata jsonb not null,
  version integer not null default 1,
  access_tokens_valid_from timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index client_name on client (name, client_id);
create index client_owner on client (owner, client_id);

create table json_web_key (
  set_id text collate "C" not null,
  kid text collate "C" not null,
  seq bigint generated always as identity,
  alg text not null,
  state text not null default 'active' check (state in ('next', 'active', 'retired')),
  not_before timestamptz not null,
  sealed_jwk bytea not null,
  created_at timestamptz not null,
  primary key (set_id, kid)
);

create table login_session (
  id uuid primary key,
  subject text collate "C" not null,
  authenticated_at timestamptz not null,
  remember boolean not null,
  identity_provider_session_id text,
  expires_at timestamptz not null
);
create index login_session_subject on login_session (subject);

create table forced_subject (
  client_key bigint not null references client on delete cascade,
  subject text collate "C" not null,
  identifier text collate "C" not null,
  primary key (client_key, subject),
  constraint forced_subject_identifier unique (client_key, identifier)
);

create table consent (
  id uuid primary key,
  subject text collate "C" not null,
  client_key bigint not null references client on delete cascade,
  login_session_id uuid references login_session on delete set null,
  granted_scope text[] not null,
  granted_audience text[] not null,
  remember boolean not null,
  remember_for integer not null,
  skip boolean not null,
  requested_at timestamptz not null,
  handled_at timestamptz not null,
  expires_at timestamptz,
  details bytea not null
);
create index consent_subject on consent (subject, client_key, id);
create index consent_client on consent (client_key, id);
create index consent_login_session on consent (login_session_id, id) where login_session_id is not null;

create table authorization_grant (
  id uuid primary key,
  client_key bigint not null references client on delete cascade,
  consent_id uuid references consent on delete cascade,
  subject text collate "C" not null,
  scope text[] not null,
  audience text[] not null,
  session bytea not null,
  code_digest bytea,
  code_expires_at timestamptz,
  redeemed_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz not null,
  keep_until timestamptz not null
) with (fillfactor = 80);
create index authorization_grant_client on authorization_grant (client_key, id);
create index authorization_grant_consent on authorization_grant (consent_id) where consent_id is not null;

create table refresh_chain (
  id uuid primary key,
  grant_id uuid not null references authorization_grant on delete cascade,
  generation integer not null default 0,
  digest bytea not null,
  issued_at timestamptz not null,
  expires_at timestamptz,
  previous_used_at timestamptz,
  previous_uses integer not null default 0,
  revoked_at timestamptz,
  keep_until timestamptz
) with (fillfactor = 70);
create index refresh_chain_grant on refresh_chain (grant_id);

create table access_token (
  bucket integer not null,
  id uuid not null,
  digest bytea,
  client_key bigint not null,
  grant_id uuid,
  chain_id uuid,
  chain_generation integer,
  subject text collate "C",
  scope text[],
  audience text[],
  session bytea,
  issued_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  primary key (bucket, id)
) partition by list (bucket);
create table access_token_0 partition of access_token for values in (0);

create table use_mark (
  bucket integer not null,
  digest bytea not null,
  primary key (bucket, digest)
) partition by list (bucket);
create table use_mark_0 partition of use_mark for values in (0);

create unlogged table flow (
  key bytea primary key,
  value bytea not null,
  version integer not null,
  claimed boolean not null default false,
  keep_until timestamptz not null
) with (fillfactor = 40, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_threshold = -1);
create index flow_keep_until on flow (keep_until);

create table lease (
  name text primary key,
  holder text not null,
  until timestamptz not null
);

alter table json_web_key alter column sealed_jwk set storage external;
alter table consent alter column details set storage external;
alter table authorization_grant alter column session set storage external;
alter table access_token alter column session set storage external;
alter table flow alter column value set storage external;
`;

const DOWN = `
drop table lease, flow, use_mark, access_token, refresh_chain, authorization_grant, consent, forced_subject, login_session, json_web_key, client;
`;
