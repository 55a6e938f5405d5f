import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Which remembered consent a skipped one was given on the strength of: it goes with it. And which remembered consents a
 * newer one has taken the place of: they do not come back when that one goes. Of the rows that are there the next
 * migration finds it out: these columns alone are here, for what adds them keeps every other process off the table.
 */
export class ConsentsInForce1764000800000 implements MigrationInterface {
  name = 'ConsentsInForce1764000800000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}

const UP = `
alter table consent
  add column rests_on uuid,
  add column superseded boolean not null default false
`;

const DOWN = `
alter table consent drop column rests_on, drop column superseded
`;
