import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The metadata of clients is read with almost every row and searched by nothing: as json it is stored as the text that is
 * read, where jsonb makes that text anew each time. What is written still passes through jsonb, whose form and limits stay.
 */
export class ClientMetadataAsText1764000500000 implements MigrationInterface {
  name = 'ClientMetadataAsText1764000500000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table client alter column metadata type json using metadata::json');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table client alter column metadata type jsonb using metadata::jsonb');
  }
}
