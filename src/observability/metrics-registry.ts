import { Injectable } from '@nestjs/common';
import { AggregatorRegistry, collectDefaultMetrics, Registry } from 'prom-client';
import type { Measured } from './measured.js';
import { version } from './version.js';

/** Of what one process has measured makes what all have, this one among them. */
export type Together = (own: Measured) => Promise<Measured[]>;

/** Everything that is measured, with the constant labels of the reference, and the state of the process. */
@Injectable()
export class MetricsRegistry {
  readonly registry = new Registry();
  private together: Together | undefined;

  constructor() {
    this.registry.setDefaultLabels({ app: 'hydra', version: version(), hash: '', buildTime: '' });
    collectDefaultMetrics({ register: this.registry });
    const start: object | undefined = this.registry.getSingleMetric('process_start_time_seconds');
    if (start) Object.assign(start, { aggregator: 'min' }); // of several processes the first, else there were none
  }

  /** Several processes serve together: from now on a scrape of this one shows them all. */
  joinWith(together: Together): void {
    this.together = together;
  }

  /** What this process has measured. */
  async measured(): Promise<Measured> {
    return (await this.registry.getMetricsAsJSON()) as unknown as Measured; // its declaration of the types is wrong
  }

  /** The text of Prometheus, and its content type. */
  async exposition(): Promise<{ contentType: string; text: string }> {
    return { contentType: this.registry.contentType, text: await (await this.shown()).metrics() };
  }

  /** Of several processes the sum, or what else the metric says of itself (`aggregator`). */
  private async shown(): Promise<Registry> {
    if (!this.together) return this.registry;
    return AggregatorRegistry.aggregate(await this.together(await this.measured()));
  }
}
