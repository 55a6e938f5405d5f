import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Clients whose metadata is the document at their own address: when it was fetched, until when it is used, and since when the
 * client has had no grant. Clients that are registered have none of these.
 */
export class ClientMetadataDocuments1764001700000 implements MigrationInterface {
  name = 'ClientMetadataDocuments1764001700000';
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
alter table client add column if not exists document_fetched_at timestamptz,
  add column if not exists document_fresh_until timestamptz,
  add column if not exists document_idle_since timestamptz`);
    await runner.query('drop index concurrently if exists client_document');
    await runner.query(`
create index concurrently client_document on client (client_id) where document_fetched_at is not null`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index concurrently if exists client_document');
    await runner.query(`
alter table client drop column document_idle_since, drop column document_fresh_until, drop column document_fetched_at`);
  }
}
