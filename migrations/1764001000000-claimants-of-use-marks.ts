import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who marked a value as used: a claim whose answer was lost finds its own mark again. Earlier marks have no name in them. */
export class ClaimantsOfUseMarks1764001000000 implements MigrationInterface {
  name = 'ClaimantsOfUseMarks1764001000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table use_mark add column claimed_by uuid');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table use_mark drop column claimed_by');
  }
}
