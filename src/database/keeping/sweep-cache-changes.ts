import type { DataSource } from 'typeorm';
import type { KeeperTask } from './keeper-task.js';

/** Those who poll look twice a second; who was away for longer forgets everything. */
const KEPT_MS = 3_600_000;

/** Deletes changes that everybody has been told of. The table is small: one row for each change of the last hour. */
export class SweepCacheChanges implements KeeperTask {
  readonly name = 'sweep cache_change';

  constructor(private readonly dataSource: DataSource) {}

  async run(now: Date): Promise<void> {
    const before = new Date(now.getTime() - KEPT_MS);
    await this.dataSource.query('delete from cache_change where changed_at < $1', [before]);
  }
}
