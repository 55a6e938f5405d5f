import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ConfigHolder } from '../../config/config-holder.js';
import { randomText } from '../../crypto/random.js';
import { Buckets } from '../bucket-keeper.js';
import { Lease } from '../lease.js';
import { Migrated } from '../migrated.js';
import { DropBuckets } from './drop-buckets.js';
import type { KeeperTask } from './keeper-task.js';
import { MakeBuckets } from './make-buckets.js';
import { SweepCacheChanges } from './sweep-cache-changes.js';
import { SWEEPS } from './sweeps.js';
import { WalkingSweep } from './walking-sweep.js';

const EVERY_MS = 60_000;
/** Replicas that start together do not all ask at once. */
const START_JITTER_MS = 3_000;
/** A clock that is ahead by more than this would end what lives: nothing is deleted by it. The next replica does the work. */
const MOST_AHEAD_MS = 1_800_000;
/** Longer than the pause between two passes, so that the holder keeps it while it lives. */
const LEASE_MS = 3 * EVERY_MS;

/** The work of the keeper in its order: what requests need first, what may take long last. */
export function keeperTasks(dataSource: DataSource, buckets: Buckets, config: ConfigHolder): KeeperTask[] {
  return [
    new MakeBuckets(buckets, config),
    ...SWEEPS.map((sweep) => new WalkingSweep(dataSource, sweep)),
    new SweepCacheChanges(dataSource),
    new DropBuckets(dataSource),
  ];
}

/** Once a minute, in the one replica that holds the lease: partitions are made ahead, and what has ended goes. */
@Injectable()
export class Keeper implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Keeper');
  private readonly lease: Lease;
  private readonly tasks: KeeperTask[];
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private pass: Promise<void> = Promise.resolve();

  constructor(
    private readonly dataSource: DataSource,
    buckets: Buckets,
    config: ConfigHolder,
    private readonly migrated: Migrated,
  ) {
    this.lease = new Lease(dataSource, 'keeper', randomText(9));
    this.tasks = keeperTasks(dataSource, buckets, config);
  }

  onApplicationBootstrap(): void {
    void this.migrated.whenReady.then(() => {
      this.schedule(Math.random() * START_JITTER_MS);
    });
  }

  /** Ends after the statement that runs now, and gives the lease to the next. */
  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    await this.pass;
    if (this.migrated.ready) await this.lease.release().catch(() => undefined); // else it ends by itself
  }

  /** One pass over all tasks, as long as the lease is ours. A task that fails is tried again in the next one. */
  async work(clock: () => Date): Promise<void> {
    for (const task of this.tasks) {
      if (this.stopping.signal.aborted) return;
      try {
        if (await this.isAhead(clock())) return;
        if (!(await this.lease.hold(clock(), LEASE_MS))) return;
        await task.run(clock(), this.stopping.signal);
      } catch (error) {
        this.logger.warn(`${task.name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }

  /** Partitions are dropped and rows deleted by the clock of this process: PostgreSQL's tells whether it can be trusted. */
  private async isAhead(now: Date): Promise<boolean> {
    const [{ time }] = await this.dataSource.query<[{ time: Date }]>('select clock_timestamp() as time');
    const ahead = now.getTime() - time.getTime();
    if (ahead <= MOST_AHEAD_MS) return false;
    this.logger.warn(
      `The clock of this machine is ${Math.round(ahead / 60_000)} minutes ahead of that of PostgreSQL: what has ended is not deleted here until they agree.`,
    );
    return true;
  }

  private schedule(afterMs: number): void {
    if (this.stopping.signal.aborted) return;
    this.timer = setTimeout(() => {
      this.pass = this.work(() => new Date()).then(() => {
        this.schedule(EVERY_MS);
      });
    }, afterMs).unref();
  }
}
