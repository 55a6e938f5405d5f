import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a page of a person's devices shows of a login session: what the login app said of the browser, and when the
 * session was last used. Its list is by subject, in the order of the ids.
 */
export class LoginSessionDetails1764000300000 implements MigrationInterface {
  name = 'LoginSessionDetails1764000300000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}

const UP = `
alter table login_session
  add column user_agent text,
  add column address text,
  add column last_used_at timestamptz;
create index login_session_list on login_session (subject, id);
drop index login_session_subject;
`;

const DOWN = `
create index login_session_subject on login_session (subject);
drop index login_session_list;
alter table login_session drop column user_agent, drop column address, drop column last_used_at;
`;
