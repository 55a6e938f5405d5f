/**
 * Works off an outbox from every replica: at once for a row that was inserted here, and every two seconds the others that are
 * due: retries, and rows of a replica that has stopped. One process at a time handles a row. Nobody waits for a receiver, and a
 * receiver that does not respond delays few others.
 */
import { Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Migrated } from '../../database/migrated.js';

const EVERY_MS = 2_000;
/** The maximum number of concurrent requests. */
const MOST = 64;
/** The batch size of a claim, and the number of requests under way from which on no more are claimed for a receiver. */
const PORTION = 8;
/** Added to the time limit of the request: time to prepare it and to store the result after it. */
const LEASE_MARGIN_MS = 20_000;
/** Requests under way at shutdown have this much time; a lost result costs a second delivery. */
const STOP_GRACE_MS = 3_000;

export type Clock = () => Date;

export interface OutboxClaim {
  now: Date;
  /** The maximum number of rows. */
  limit: number;
  /** The end of the lease: until then no other process claims the rows. */
  until: Date;
  /** Keys of receivers that already have as many requests under way as allowed. */
  busy: string[];
}

export abstract class OutboxWorker<Row> implements OnApplicationBootstrap, OnModuleDestroy {
  protected readonly log: Logger;
  private readonly underWay = new Map<Promise<void>, string>();
  private running = false;
  private stopped = false;
  private timer: NodeJS.Timeout | undefined;
  private last: Promise<void> = Promise.resolve();
  private queued: Promise<void> | undefined;

  /** @param what is in the outbox, for log lines */
  constructor(
    logger: string,
    private readonly what: string,
    private readonly migrated: Migrated,
  ) {
    this.log = new Logger(logger);
  }

  /** False while nothing can be in the outbox. */
  protected abstract get isOn(): boolean;
  /** The time limit of a request. */
  protected abstract get timeoutMs(): number;
  protected abstract claim(claim: OutboxClaim): Promise<Row[]>;
  protected abstract receiverOf(row: Row): string;
  /** Makes one attempt and stores its result. */
  protected abstract make(row: Row, clock: Clock): Promise<void>;
  /** Gives up rows that are too old. */
  protected abstract expire(now: Date): Promise<void>;

  onApplicationBootstrap(): void {
    void this.migrated.whenReady.then(() => {
      this.running = true;
      this.schedule();
    });
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.last;
    if (this.underWay.size === 0) return;
    await Promise.race([Promise.all(this.underWay.keys()), sleep(STOP_GRACE_MS, undefined, { ref: false })]);
  }

  /** Called after an insert into the outbox. Returns at once. */
  wake(): void {
    if (this.running) void this.begin(() => new Date());
  }

  /** Starts the deliveries that are due and waits until all have ended. */
  async work(clock: Clock): Promise<void> {
    await this.begin(clock);
    while (this.underWay.size > 0) await Promise.all(this.underWay.keys());
  }

  /** Runs one pass at a time; a call while another pass is waiting joins that pass. Never fails. */
  private begin(clock: Clock): Promise<void> {
    if (!this.queued) {
      this.queued = this.last.then(() => {
        this.queued = undefined;
        return this.take(clock);
      });
      this.last = this.queued;
    }
    return this.queued;
  }

  private async take(clock: Clock): Promise<void> {
    if (!this.isOn) return;
    try {
      await this.expire(clock());
      while (!this.stopped && this.underWay.size < MOST) {
        const taken = await this.claimDue(clock());
        for (const row of taken) this.deliver(row, clock);
        if (taken.length === 0) return;
      }
    } catch (error) {
      this.log.warn(
        `The outbox of ${this.what} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  private claimDue(now: Date): Promise<Row[]> {
    const limit = Math.min(PORTION, MOST - this.underWay.size);
    const until = new Date(now.getTime() + this.timeoutMs + LEASE_MARGIN_MS);
    return this.claim({ now, limit, until, busy: this.busy() });
  }

  private busy(): string[] {
    const counts = new Map<string, number>();
    for (const receiver of this.underWay.values()) counts.set(receiver, (counts.get(receiver) ?? 0) + 1);
    return [...counts].filter(([, count]) => count >= PORTION).map(([receiver]) => receiver);
  }

  /** Starts one delivery; its end may make room for deliveries that had to wait. */
  private deliver(row: Row, clock: Clock): void {
    const way = this.make(row, clock)
      .catch((error: unknown) => {
        this.log.warn({
          message: `The result of a delivery from the outbox of ${this.what} could not be stored.`,
          error,
        });
      })
      .then(() => {
        const wasFull = this.underWay.size >= MOST || this.busy().length > 0;
        this.underWay.delete(way);
        if (wasFull && !this.stopped) return this.begin(clock);
        return undefined;
      });
    this.underWay.set(way, this.receiverOf(row));
  }

  private schedule(): void {
    if (this.stopped) return;
    this.timer = setTimeout(
      () => {
        void this.begin(() => new Date()).then(() => {
          this.schedule();
        });
      },
      EVERY_MS * (0.75 + Math.random() / 2),
    ).unref();
  }
}
