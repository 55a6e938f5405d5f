import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The key or certificate that a token, a code or a refresh chain is bound to (RFC 7800 §3): one byte for its kind and 32 of
 * a digest. Null if it is bound to none, as everything is that earlier servers issued.
 */
export class Confirmations1764001400000 implements MigrationInterface {
  name = 'Confirmations1764001400000';
  /** Each table is locked for itself. */
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table authorization_grant add column if not exists cnf bytea');
    await runner.query('alter table refresh_chain add column if not exists cnf bytea');
    await runner.query('alter table access_token add column if not exists cnf bytea');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table access_token drop column if exists cnf');
    await runner.query('alter table refresh_chain drop column if exists cnf');
    await runner.query('alter table authorization_grant drop column if exists cnf');
  }
}
