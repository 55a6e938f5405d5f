import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Migrated } from '../database/migrated.js';
import { Statements } from '../database/statements.js';
import { PostgresFlowStore } from './postgres-flow-store.js';

const EVERY_MS = 60_000;
const BATCH = 1000;

/**
 * Deletes ended flows from PostgreSQL once a minute, in batches. Every replica does so and skips rows that another one has
 * locked. Redis deletes expired keys by itself: with Redis the table is empty.
 */
@Injectable()
export class FlowSweeper implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('FlowStore');
  private readonly store: PostgresFlowStore;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    statements: Statements,
    private readonly migrated: Migrated,
  ) {
    this.store = new PostgresFlowStore(statements);
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.sweepQuietly(), EVERY_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Deletes the records whose lifetime ended before `now`; returns their number. */
  async sweep(now: Date): Promise<number> {
    let total = 0;
    for (let swept = BATCH; swept === BATCH; total += swept) swept = await this.store.sweep(now, BATCH);
    return total;
  }

  private async sweepQuietly(): Promise<void> {
    if (!this.migrated.ready) return;
    try {
      await this.sweep(new Date());
    } catch (error) {
      this.logger.warn(`Ended flows could not be deleted: ${String(error)}`); // tried again in the next minute
    }
  }
}
