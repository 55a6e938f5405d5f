/**
 * Carries logouts to their receivers, in every replica: at once where a session ended here, and every two seconds what
 * else is due, after a pause or left behind by a replica that is gone. A row is in one hand at a time; nobody who logs out
 * waits for a receiver, and a receiver that hangs holds up few others.
 */
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigHolder } from '../../config/config-holder.js';
import { Migrated } from '../../database/migrated.js';
import { LogoutAttempt } from './logout-attempt.js';
import { LogoutDeliveries, PROVIDER_KEY } from './logout-deliveries.js';
import type { DeliveryRow } from './logout-delivery.statements.js';

const EVERY_MS = 2_000;
/** Requests under way at a time. */
const MOST = 64;
/** Taken from the outbox at a time, and what one receiver may have under way when more is taken. */
const PORTION = 8;
/** Beyond the time limit of the request: for signing before it and for writing the result after it. */
const LEASE_MARGIN_MS = 20_000;
/** What is under way when the server stops gets this long; a lost result costs a second delivery. */
const STOP_GRACE_MS = 3_000;

type Clock = () => Date;

@Injectable()
export class LogoutCourier implements OnApplicationBootstrap, OnModuleDestroy {
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

  /** Something was put into the outbox. Returns at once. */
  wake(): void {
    if (this.running) void this.begin(() => new Date());
  }

  /** Begins what is due and waits until all of it has ended. */
  async work(clock: Clock): Promise<void> {
    await this.begin(clock);
    while (this.underWay.size > 0) await Promise.all(this.underWay.keys());
  }

  /** One at a time; who comes while one waits its turn joins that one. Never fails. */
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
        for (const delivery of taken) this.carry(delivery, clock);
        if (taken.length === 0) return;
      }
    } catch (error) {
      this.log.warn(`The outbox of logouts cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private claim(now: Date): Promise<DeliveryRow[]> {
    const leaseMs = this.config.current.oidc.back_channel_logout.timeout * 1000 + LEASE_MARGIN_MS;
    const limit = Math.min(PORTION, MOST - this.underWay.size);
    return this.deliveries.claim({ now, limit, until: new Date(now.getTime() + leaseMs), busy: this.busy() });
  }

  private busy(): string[] {
    const counts = new Map<string, number>();
    for (const receiver of this.underWay.values()) counts.set(receiver, (counts.get(receiver) ?? 0) + 1);
    return [...counts].filter(([, count]) => count >= PORTION).map(([receiver]) => receiver);
  }

  /** When it has ended there is room for what had to wait. */
  private carry(delivery: DeliveryRow, clock: Clock): void {
    const way = this.attempt
      .make(delivery, clock)
      .catch((error: unknown) => {
        this.log.warn({ message: 'The result of a logout delivery could not be written.', error });
      })
      .then(() => {
        const wasFull = this.underWay.size >= MOST || this.busy().length > 0;
        this.underWay.delete(way);
        if (wasFull && !this.stopped) return this.begin(clock);
        return undefined;
      });
    this.underWay.set(way, delivery.client_key ?? PROVIDER_KEY);
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
