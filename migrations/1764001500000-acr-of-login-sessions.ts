import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How the person logged in, for requests that ask for an `acr`. Logins at earlier servers, and those without it, have none. */
export class AcrOfLoginSessions1764001500000 implements MigrationInterface {
  name = 'AcrOfLoginSessions1764001500000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table login_session add column acr text, add column amr text[]');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table login_session drop column amr, drop column acr');
  }
}
