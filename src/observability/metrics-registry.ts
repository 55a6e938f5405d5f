import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { version } from './version.js';

/** Everything that is measured, with the constant labels of the reference, and the state of the process. */
@Injectable()
export class MetricsRegistry {
  readonly registry = new Registry();

  constructor() {
    this.registry.setDefaultLabels({ app: 'hydra', version: version(), hash: '', buildTime: '' });
    collectDefaultMetrics({ register: this.registry });
  }

  /** The text of Prometheus, and its content type. */
  async exposition(): Promise<{ contentType: string; text: string }> {
    return { contentType: this.registry.contentType, text: await this.registry.metrics() };
  }
}
