import type { Metric, Registry } from 'prom-client';
import type { Sample } from './measured.js';

interface Description {
  name: string;
  help: string;
  type: 'counter' | 'histogram';
}

/** Registers a metric whose samples are computed when they are scraped. */
export function registerDerived(registry: Registry, description: Description, samples: () => Sample[]): void {
  const metric = {
    ...description,
    aggregator: 'sum',
    get: () => Promise.resolve({ ...description, aggregator: 'sum', values: samples() }),
    reset: () => undefined,
  };
  registry.registerMetric(metric as unknown as Metric);
}
