import { Inject, Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { DataSource, Repository } from 'typeorm';
import { ConfigHolder } from '../../config/config-holder.js';
import { randomText } from '../../crypto/random.js';
import { Buckets } from '../bucket-partitions.js';
import { LeaseEntity } from '../lease.entity.js';
import { Lease } from '../lease.js';
import { Migrated } from '../migrated.js';
import { DropBuckets } from './drop-buckets.js';
import { CLEAN_UP_LIST, type CleanUp, type MaintenanceTask } from './maintenance-task.js';
import { MakeBuckets } from './make-buckets.js';

const EVERY_MS = 60_000;
/** A random delay, so that replicas that start together do not all ask at once. */
const START_JITTER_MS = 3_000;
/** A clock that is ahead by more than this would delete live rows: this process deletes nothing. Another replica does the work. */
const MOST_AHEAD_MS = 1_800_000;
/** Longer than the pause between two passes, so that the holder keeps the lease while it lives. */
const LEASE_MS = 3 * EVERY_MS;

/** Once a minute, the replica that holds the lease creates partitions in advance and deletes ended rows. */
@Injectable()
export class Maintenance implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Maintenance');
  private readonly dataSource: DataSource;
  private readonly lease: Lease;
  private readonly tasks: MaintenanceTask[];
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private pass: Promise<void> = Promise.resolve();

  constructor(
    @InjectRepository(LeaseEntity) leases: Repository<LeaseEntity>,
    buckets: Buckets,
    config: ConfigHolder,
    private readonly migrated: Migrated,
    @Inject(CLEAN_UP_LIST) cleanUp: readonly CleanUp[],
  ) {
    this.dataSource = leases.manager.dataSource;
    this.lease = new Lease(leases, 'keeper', randomText(9)); // the name that earlier versions use
    this.tasks = [
      new MakeBuckets(buckets, config), // tasks that requests depend on come first, long ones last
      ...cleanUp.map((task) => task(this.dataSource)),
      new DropBuckets(this.dataSource),
    ];
  }

  onApplicationBootstrap(): void {
    void this.migrated.whenReady.then(() => {
      this.schedule(Math.random() * START_JITTER_MS);
    });
  }

  /** Stops after the current statement, and releases the lease. */
  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    await this.pass;
    if (this.migrated.ready) await this.lease.release().catch(() => undefined); // otherwise it ends by itself
  }

  /** One pass over all tasks, as long as this process holds the lease. A task that fails is tried again in the next pass. */
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

  /** Partitions are dropped and rows deleted by the clock of this process: PostgreSQL's clock tells whether it can be trusted. */
  private async isAhead(now: Date): Promise<boolean> {
    const [{ time }] = await this.dataSource.query<[{ time: Date }]>('select clock_timestamp() as time');
    const ahead = now.getTime() - time.getTime();
    if (ahead <= MOST_AHEAD_MS) return false;
    this.logger.warn(
      `The clock of this machine is ${Math.round(ahead / 60_000)} minutes ahead of that of PostgreSQL: ended rows are not deleted here until they agree.`,
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
