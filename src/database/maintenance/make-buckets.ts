import type { ConfigHolder } from '../../config/config-holder.js';
import type { Buckets } from '../bucket-partitions.js';
import { bucketOf, bucketsAhead } from '../buckets.js';
import type { MaintenanceTask } from './maintenance-task.js';

const DAY_MS = 86_400_000;
const DAYS_AHEAD = 2;

/** Creates the partitions for the next days; for longer lifetimes, the first row of a day creates its partition. */
export class MakeBuckets implements MaintenanceTask {
  readonly name = 'make buckets';

  constructor(
    private readonly buckets: Buckets,
    private readonly config: ConfigHolder,
  ) {}

  async run(now: Date, signal: AbortSignal): Promise<void> {
    const soon = bucketsAhead(now, DAYS_AHEAD);
    const configured = this.bucketsOfLifetime(now);
    for (const bucket of soon) if (!signal.aborted) await this.buckets.ensure('use_mark', bucket);
    for (const bucket of new Set([...soon, ...configured])) {
      if (!signal.aborted) await this.buckets.ensure('access_token', bucket);
    }
  }

  /** The buckets of tokens with the configured lifetime that are issued in the next days. */
  private bucketsOfLifetime(now: Date): number[] {
    const lifetimeMs = this.config.current.ttl.access_token * 1000;
    return bucketsAhead(now, DAYS_AHEAD).map((_, day) => {
      const issuedAt = new Date(now.getTime() + day * DAY_MS);
      return bucketOf(new Date(issuedAt.getTime() + lifetimeMs), issuedAt);
    });
  }
}
