import { openMigrator } from '../../src/database/migrations.js';
import { withNext } from './next-schema.js';

/** Applies all migrations and those of the next release in another process, and prints the number of applied ones. */
export default async function migrateNext(dsn: string): Promise<void> {
  const migrator = await openMigrator(dsn, undefined, withNext);
  const applied = await migrator.up();
  await migrator.close();
  process.stdout.write(`${applied.length}\n`);
}
