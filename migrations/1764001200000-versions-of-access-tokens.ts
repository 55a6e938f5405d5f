import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The version of the client that a token was issued to. Tokens of earlier servers have none. */
export class VersionsOfAccessTokens1764001200000 implements MigrationInterface {
  name = 'VersionsOfAccessTokens1764001200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table access_token add column client_version integer');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table access_token drop column client_version');
  }
}
