import { Injectable } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { MetricsRegistry } from '../observability/metrics-registry.js';

const WAYS = ['redis', 'listen', 'poll'] as const;

/** How changes reach this process. */
export type Way = (typeof WAYS)[number];

@Injectable()
export class InvalidationMetrics {
  private readonly messages: Counter<'way' | 'kind'>;
  private readonly reconnects: Counter;
  private readonly way: Gauge<'way'>;

  constructor({ registry }: MetricsRegistry) {
    const registers = [registry];
    this.messages = new Counter({
      name: 'ostiary_cache_changes_total',
      help: 'Change messages that this process received, by way. Kind invalid: the message was malformed.',
      labelNames: ['way', 'kind'],
      registers,
    });
    this.reconnects = new Counter({
      name: 'ostiary_cache_feed_reconnects_total',
      help: 'Reconnections of the change channel; each one clears all caches.',
      registers,
    });
    this.way = new Gauge({
      name: 'ostiary_cache_feed',
      help: 'Processes that receive changes in this way.',
      labelNames: ['way'],
      registers,
    });
    this.use('poll');
  }

  received(way: Way, kind: string): void {
    this.messages.inc({ way, kind });
  }

  reconnected(): void {
    this.reconnects.inc();
  }

  use(way: Way): void {
    for (const one of WAYS) this.way.set({ way: one }, one === way ? 1 : 0);
  }
}
