import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Where the access tokens of a client were ended: those that were issued to this version of it or a later one live. The time
 * of `access_tokens_valid_from` for which that version stands is beside it: earlier servers write the time alone.
 */
export class CutsByVersion1764001100000 implements MigrationInterface {
  name = 'CutsByVersion1764001100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'alter table client add column access_tokens_valid_version integer, add column access_tokens_cut_at timestamptz',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table client drop column access_tokens_valid_version, drop column access_tokens_cut_at');
  }
}
