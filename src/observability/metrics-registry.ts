import { Injectable } from '@nestjs/common';
import { AggregatorRegistry, collectDefaultMetrics, Registry } from 'prom-client';
import type { Measured } from './measured.js';
import { version } from './version.js';

/** Collects the measurements of all processes. Its argument is the part of this one. */
export type CollectMetrics = (own: Measured) => Promise<Measured[]>;

/** The registry of all metrics, with the constant labels of Hydra, and the state of the process. */
@Injectable()
export class MetricsRegistry {
  readonly registry = new Registry();
  private collect: CollectMetrics | undefined;

  constructor() {
    this.registry.setDefaultLabels({ app: 'hydra', version: version(), hash: '', buildTime: '' });
    collectDefaultMetrics({ register: this.registry });
    const start: object | undefined = this.registry.getSingleMetric('process_start_time_seconds');
    if (start) Object.assign(start, { aggregator: 'min' }); // of several processes the earliest start counts; otherwise prom-client would omit the metric
  }

  /** For several processes that serve together: from now on a scrape of this one covers them all. */
  collectWith(collect: CollectMetrics): void {
    this.collect = collect;
  }

  /** The measurements of this process. */
  async measured(): Promise<Measured> {
    return (await this.registry.getMetricsAsJSON()) as unknown as Measured; // its declared type is wrong
  }

  /** The text for Prometheus, and its content type. */
  async exposition(): Promise<{ contentType: string; text: string }> {
    return { contentType: this.registry.contentType, text: await (await this.shown()).metrics() };
  }

  /** For several processes the sum, or the result of the metric's own `aggregator`. */
  private async shown(): Promise<Registry> {
    if (!this.collect) return this.registry;
    return AggregatorRegistry.aggregate(await this.collect(await this.measured()));
  }
}
