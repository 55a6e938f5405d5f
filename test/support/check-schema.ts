import pg from 'pg';
import { startTemporaryPostgres } from '../../src/database/embedded-postgres.js';
import { openMigrator } from '../../src/database/migrations.js';
import { describeSchema } from './describe-schema.js';

/**
 * Applies all migrations to an empty database, rolls them back and applies them again, and describes the result.
 * @throws where a rolled back migration leaves something behind, or the second run gives a different schema
 */
export async function checkSchema(dsn: string): Promise<string> {
  const migrator = await openMigrator(dsn);
  try {
    const applied = await migrator.up();
    const first = await describe(dsn);
    await migrator.down(applied.length);
    const left = (await describe(dsn)).trim();
    if (left !== '') throw new Error(`Rolling back leaves:\n${left}`);
    await migrator.up();
    const second = await describe(dsn);
    if (second !== first) throw new Error('Applied a second time, the migrations make another schema.');
    return first;
  } finally {
    await migrator.close();
  }
}

/** The same on a separate embedded PostgreSQL. */
export default async function checkSchemaEmbedded(): Promise<string> {
  const postgres = await startTemporaryPostgres();
  try {
    return await checkSchema(postgres.dsn);
  } finally {
    await postgres.stop();
  }
}

async function describe(dsn: string): Promise<string> {
  const client = new pg.Client({ connectionString: dsn });
  await client.connect();
  try {
    return await describeSchema(
      async <Row>(text: string, values: unknown[]) => (await client.query(text, values)).rows as Row[],
    );
  } finally {
    await client.end();
  }
}
