import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Login sessions whose cookie has no age: the browser forgets them when it is closed, however often they are extended. */
export class SessionsOfOpenBrowsers1764000600000 implements MigrationInterface {
  name = 'SessionsOfOpenBrowsers1764000600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table login_session add column until_browser_closed boolean not null default false');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table login_session drop column until_browser_closed');
  }
}
