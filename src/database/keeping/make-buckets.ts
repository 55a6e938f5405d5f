import type { ConfigHolder } from '../../config/config-holder.js';
import type { Buckets } from '../bucket-keeper.js';
import { bucketOf, bucketsAhead } from '../buckets.js';
import type { KeeperTask } from './keeper-task.js';

const DAY_MS = 86_400_000;
const DAYS_AHEAD = 2;

/** Makes the partitions that the next days will need; what a longer lifetime needs is made by the first row of its day. */
export class MakeBuckets implements KeeperTask {
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

  /** Where tokens of the configured lifetime will lie that are issued in the days ahead. */
  private bucketsOfLifetime(now: Date): number[] {
    const lifetimeMs = this.config.current.ttl.access_token * 1000;
    return bucketsAhead(now, DAYS_AHEAD).map((_, day) => {
      const issuedAt = new Date(now.getTime() + day * DAY_MS);
      return bucketOf(new Date(issuedAt.getTime() + lifetimeMs), issuedAt);
    });
  }
}
