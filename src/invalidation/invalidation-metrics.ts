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
      help: 'Changes of which this process was told, by the way they came. Kind invalid: it was none.',
      labelNames: ['way', 'kind'],
      registers,
    });
    this.reconnects = new Counter({
      name: 'ostiary_cache_feed_reconnects_total',
      help: 'How often the connection that brings changes was opened again; everything cached is forgotten then.',
      registers,
    });
    this.way = new Gauge({
      name: 'ostiary_cache_feed',
      help: 'Processes that are told of changes in this way.',
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
