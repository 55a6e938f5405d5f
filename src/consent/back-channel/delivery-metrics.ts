import { Injectable } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { Migrated } from '../../database/migrated.js';
import { MetricsRegistry } from '../../observability/metrics-registry.js';
import type { DeliveryOutcome } from './delivery-outcome.js';
import { LogoutDeliveries, type PendingDeliveries } from './logout-deliveries.js';
import type { DeliveryChannel } from './logout-delivery.entity.js';

const CHANNELS: readonly DeliveryChannel[] = ['back_channel', 'identity_provider'];

/** Counts the delivery attempts of this process; at each scrape it reads the pending deliveries of the installation. */
@Injectable()
export class DeliveryMetrics {
  private readonly attempts: Counter<'channel' | 'outcome'>;

  constructor(
    private readonly metrics: MetricsRegistry,
    private readonly deliveries: LogoutDeliveries,
    private readonly migrated: Migrated,
  ) {
    this.attempts = new Counter({
      name: 'ostiary_logout_delivery_attempts_total',
      help: 'Attempts of this process to notify a receiver of a logout, or a client of an answer (ciba_ping).',
      labelNames: ['channel', 'outcome'],
      registers: [metrics.registry],
    });
    this.gauge(
      'ostiary_logout_deliveries_pending',
      'Logout notifications of the whole installation that are pending.',
      (waiting) => waiting?.pending ?? 0,
    );
    this.gauge(
      'ostiary_logout_delivery_oldest_pending_seconds',
      'Age of the oldest pending logout notification; 0 if there is none.',
      (waiting) => (waiting ? Math.max(0, Date.now() - waiting.oldest.getTime()) / 1000 : 0),
    );
  }

  attempted(channel: DeliveryChannel | 'ciba_ping', outcome: DeliveryOutcome['kind']): void {
    this.attempts.inc({ channel, outcome });
  }

  private gauge(name: string, help: string, read: (waiting: PendingDeliveries | undefined) => number): void {
    const gauge: Gauge<'channel'> = new Gauge({
      ...{ name, help, labelNames: ['channel'], registers: [this.metrics.registry], aggregator: 'max' },
      collect: async () => {
        const waiting = await this.pending();
        gauge.reset();
        for (const channel of waiting ? CHANNELS : []) {
          gauge.set({ channel }, read(waiting?.find((one) => one.channel === channel)));
        }
      },
    });
  }

  /** Undefined if the database cannot be read: the other metrics are still served. */
  private async pending(): Promise<PendingDeliveries[] | undefined> {
    return this.migrated.ready ? this.deliveries.pending().catch(() => undefined) : undefined;
  }
}
