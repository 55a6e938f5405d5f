import { Injectable } from '@nestjs/common';
import { AggregatorRegistry, collectDefaultMetrics, Registry } from 'prom-client';
import type { Measured } from './measured.js';
import { version } from './version.js';

/** Everything that is measured, with the constant labels of the reference, and the state of the process. */
@Injectable()
export class MetricsRegistry {
  readonly registry = new Registry();
  private others: (() => Promise<Measured[]>) | undefined;

  constructor() {
    this.registry.setDefaultLabels({ app: 'hydra', version: version(), hash: '', buildTime: '' });
    collectDefaultMetrics({ register: this.registry });
    const start: object | undefined = this.registry.getSingleMetric('process_start_time_seconds');
    if (start) Object.assign(start, { aggregator: 'min' }); // of several processes the first, else there were none
  }

  /** Several processes serve together: from now on a scrape of this one shows them all. */
  joinWith(others: () => Promise<Measured[]>): void {
    this.others = others;
  }

  /** What this process has measured. */
  measured(): Promise<Measured> {
    return this.registry.getMetricsAsJSON();
  }

  /** The text of Prometheus, and its content type. */
  async exposition(): Promise<{ contentType: string; text: string }> {
    return { contentType: this.registry.contentType, text: await (await this.shown()).metrics() };
  }

  /** Of several processes the sum, or what else the metric says of itself (`aggregator`). */
  private async shown(): Promise<Registry> {
    if (!this.others) return this.registry;
    const [own, others] = await Promise.all([this.measured(), this.others()]);
    return AggregatorRegistry.aggregate([own, ...others]);
  }
}
