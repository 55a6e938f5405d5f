import { type DataSource, LessThan } from 'typeorm';
import type { MaintenanceTask } from '../database/maintenance/maintenance-task.js';
import { CacheChangeEntity } from './cache-change.entity.js';

/** Processes poll twice a second; a process that did not poll for longer clears all its caches. */
const KEPT_MS = 3_600_000;

/** Deletes changes that every process has read. The table is small: it has one row for each change of the last hour. */
export class SweepCacheChanges implements MaintenanceTask {
  readonly name = 'sweep cache_change';

  constructor(private readonly dataSource: DataSource) {}

  async run(now: Date): Promise<void> {
    const before = new Date(now.getTime() - KEPT_MS);
    await this.dataSource.getRepository(CacheChangeEntity).delete({ changedAt: LessThan(before) });
  }
}
