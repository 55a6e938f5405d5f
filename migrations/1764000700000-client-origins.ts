import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Preflights name no client: whether any client has their origin is looked up. Nothing waits in a list before it is in the
 * index (fastupdate), for a look-up would have to read that too.
 */
export class ClientOrigins1764000700000 implements MigrationInterface {
  name = 'ClientOrigins1764000700000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
create index client_origin on client
  using gin ((lower((metadata ->> 'allowed_cors_origins') collate "C")::jsonb)) with (fastupdate = off)
  where metadata ->> 'allowed_cors_origins' is not null`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index client_origin');
  }
}
