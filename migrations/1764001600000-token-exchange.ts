import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Token exchange (RFC 8693). An exchanged token names what it was exchanged from: the tokens and chains whose own end ends it
 * too, and their clients. What a client was handed on for longer than one access token is a delegation, on which its refresh
 * chains hang. A token or chain that was revoked without its grant leaves a mark for those that were exchanged from it.
 */
export class TokenExchange1764001600000 implements MigrationInterface {
  name = 'TokenExchange1764001600000';
  /** Each table is locked for itself. */
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create table if not exists ended_source (
  id uuid primary key,
  grant_id uuid,
  keep_until timestamptz not null
)`);
    await runner.query(`create table if not exists delegation (
  id uuid primary key,
  grant_id uuid not null references authorization_grant (id) on delete cascade,
  client_key bigint not null references client (key) on delete cascade,
  scope text[] not null,
  audience text[] not null,
  session bytea not null,
  lineage uuid[] not null,
  source_clients bigint[] not null,
  created_at timestamptz not null
)`);
    await runner.query('alter table delegation alter column session set storage external');
    await runner.query('create index if not exists delegation_grant on delegation (grant_id)');
    await runner.query('create index if not exists delegation_client on delegation (client_key)');
    await runner.query(`alter table access_token
  add column if not exists lineage uuid[],
  add column if not exists source_clients bigint[],
  add column if not exists source_versions integer[]`);
    await runner.query('alter table refresh_chain add column if not exists delegation_id uuid');
    await runner.query('drop index concurrently if exists refresh_chain_delegation');
    await runner.query(
      'create index concurrently refresh_chain_delegation on refresh_chain (delegation_id) where delegation_id is not null',
    );
    await runner.query('alter table refresh_chain drop constraint if exists refresh_chain_delegation_id_fkey');
    await runner.query(`alter table refresh_chain add constraint refresh_chain_delegation_id_fkey
  foreign key (delegation_id) references delegation (id) on delete cascade not valid`);
    await runner.query('alter table refresh_chain validate constraint refresh_chain_delegation_id_fkey');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table refresh_chain drop constraint if exists refresh_chain_delegation_id_fkey');
    await runner.query('drop index concurrently if exists refresh_chain_delegation');
    await runner.query('alter table refresh_chain drop column if exists delegation_id');
    await runner.query(`alter table access_token
  drop column if exists lineage,
  drop column if exists source_clients,
  drop column if exists source_versions`);
    await runner.query('drop table if exists delegation');
    await runner.query('drop table if exists ended_source');
  }
}
