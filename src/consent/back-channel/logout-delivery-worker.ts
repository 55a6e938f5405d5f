/**
 * Sends logout notifications from every replica: at once for a session that ended here, and every two seconds the others
 * that are due: retries, and deliveries of a replica that has stopped. One process at a time handles a row. The person who
 * logs out does not wait for a receiver, and a receiver that does not respond delays few others.
 */
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigHolder } from '../../config/config-holder.js';
import { Migrated } from '../../database/migrated.js';
import { LogoutAttempt } from './logout-attempt.js';
import { LogoutDeliveries, PROVIDER_KEY } from './logout-deliveries.js';
import type { Delivery } from './logout-delivery.statements.js';

const EVERY_MS = 2_000;
/** The maximum number of concurrent requests. */
const MOST = 64;
/** The batch size of a claim, and the number of requests under way from which on no more are claimed for a receiver. */
const PORTION = 8;
/** Added to the time limit of the request: time to sign before it and to store the result after it. */
const LEASE_MARGIN_MS = 20_000;
/** Requests under way at shutdown have this much time; a lost result costs a second delivery. */
const STOP_GRACE_MS = 3_000;

type Clock = () => Date;

@Injectable()
export class LogoutDeliveryWorker implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly log = new Logger('LogoutDelivery');
  private readonly underWay = new Map<Promise<void>, string>();
  private running = false;
  private stopped = false;
  private timer: NodeJS.Timeout | undefined;
  private last: Promise<void> = Promise.resolve();
  private queued: Promise<void> | undefined;

  constructor(
    private readonly deliveries: LogoutDeliveries,
    private readonly attempt: LogoutAttempt,
    private readonly config: ConfigHolder,
    private readonly migrated: Migrated,
  ) {}

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
    try {
      await this.attempt.expire(clock());
      while (!this.stopped && this.underWay.size < MOST) {
        const taken = await this.claim(clock());
        for (const delivery of taken) this.deliver(delivery, clock);
        if (taken.length === 0) return;
      }
    } catch (error) {
      this.log.warn(`The outbox of logouts cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private claim(now: Date): Promise<Delivery[]> {
    const leaseMs = this.config.current.oidc.back_channel_logout.timeout * 1000 + LEASE_MARGIN_MS;
    const limit = Math.min(PORTION, MOST - this.underWay.size);
    return this.deliveries.claim({ now, limit, until: new Date(now.getTime() + leaseMs), busy: this.busy() });
  }

  private busy(): string[] {
    const counts = new Map<string, number>();
    for (const receiver of this.underWay.values()) counts.set(receiver, (counts.get(receiver) ?? 0) + 1);
    return [...counts].filter(([, count]) => count >= PORTION).map(([receiver]) => receiver);
  }

  /** Starts one delivery; its end may make room for deliveries that had to wait. */
  private deliver(delivery: Delivery, clock: Clock): void {
    const way = this.attempt
      .make(delivery, clock)
      .catch((error: unknown) => {
        this.log.warn({ message: 'The result of a logout delivery could not be stored.', error });
      })
      .then(() => {
        const wasFull = this.underWay.size >= MOST || this.busy().length > 0;
        this.underWay.delete(way);
        if (wasFull && !this.stopped) return this.begin(clock);
        return undefined;
      });
    this.underWay.set(way, delivery.clientKey ?? PROVIDER_KEY);
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
