import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { pendingMigrations } from './migrations.js';

const EVERY_MS = 1_000;

/**
 * Knows whether the schema is the one that this program needs. No table is read before: a replica of a new version
 * starts next to the migration job, is alive but not ready, and becomes ready without a restart.
 */
@Injectable()
export class Migrated implements OnApplicationShutdown {
  private readonly logger = new Logger('Database');
  private timer: NodeJS.Timeout | undefined;
  private applied = false;
  private announce: () => void = () => undefined;

  /** Resolves once the migrations are applied. */
  readonly whenReady = new Promise<void>((resolve) => {
    this.announce = resolve;
  });

  constructor(private readonly dataSource: DataSource) {}

  /** True once the migrations were found applied; it stays true. */
  get ready(): boolean {
    return this.applied;
  }

  /** The names of the pending migrations. @throws where the database cannot be reached */
  pending(): Promise<string[]> {
    return pendingMigrations(this.dataSource);
  }

  /** Checks once, and then every second until they are applied. */
  async watch(): Promise<void> {
    if (await this.look()) return;
    this.logger.warn(
      'Migrations are pending: run `ostiary migrate sql up`. This process becomes ready by itself then.',
    );
    this.again();
  }

  onApplicationShutdown(): void {
    clearTimeout(this.timer);
  }

  private again(): void {
    this.timer = setTimeout(() => {
      void this.look().then((done) => {
        if (!done) this.again();
      });
    }, EVERY_MS).unref();
  }

  private async look(): Promise<boolean> {
    try {
      this.applied = (await this.pending()).length === 0;
    } catch {
      return false; // the next check will tell
    }
    if (this.applied) this.announce();
    return this.applied;
  }
}
