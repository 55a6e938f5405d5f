import { openMigrator } from '../../src/database/migrations.js';

/** Applies all migrations in another process, and prints the number of applied ones. */
export default async function migrate(dsn: string): Promise<void> {
  const migrator = await openMigrator(dsn);
  const applied = await migrator.up();
  await migrator.close();
  process.stdout.write(`${applied.length}\n`);
}
