import type { DataSource } from 'typeorm';
import { pendingMigrations } from '../database/migrations.js';
import { CommandFailed } from './command-failed.js';

/** Called before a command reads a table. @throws CommandFailed where migrations are pending */
export async function requireMigrated(database: DataSource): Promise<void> {
  const pending = await pendingMigrations(database);
  if (pending.length > 0) throw new CommandFailed('Migrations are pending: run `ostiary migrate sql up` first.');
}
