import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What `import hydra` keeps: how far it is, and how refresh tokens of Hydra are found. The id and the digest of such a token
 * are the first 16 and the other 32 bytes of the SHA-384 of its MAC, as those of an access token of Hydra are.
 */
export class HydraImport1764001300000 implements MigrationInterface {
  name = 'HydraImport1764001300000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
create table hydra_import (
  network uuid not null constraint hydra_import_pkey primary key,
  source_schema text not null,
  details jsonb not null,
  begun_at timestamptz not null,
  finished_at timestamptz
)`);
    await runner.query(`
create table hydra_import_table (
  name text not null constraint hydra_import_table_pkey primary key,
  place text,
  imported bigint not null default 0,
  adapted jsonb not null default '{}',
  left_out jsonb not null default '{}',
  live_until timestamptz,
  finished boolean not null default false
)`);
    await runner.query(`
create table imported_refresh_token (
  id uuid not null constraint imported_refresh_token_pkey primary key,
  digest bytea not null,
  chain_id uuid not null,
  generation integer not null
)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table imported_refresh_token');
    await runner.query('drop table hydra_import_table');
    await runner.query('drop table hydra_import');
  }
}
