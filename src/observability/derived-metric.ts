import type { Metric, Registry } from 'prom-client';
import type { Sample } from './measured.js';

interface Description {
  name: string;
  help: string;
  type: 'counter' | 'histogram';
}

/** Puts a metric into a registry whose samples are made when they are asked for. */
export function registerDerived(registry: Registry, description: Description, samples: () => Sample[]): void {
  const metric = {
    ...description,
    aggregator: 'sum',
    get: () => Promise.resolve({ ...description, aggregator: 'sum', values: samples() }),
    reset: () => undefined,
  };
  registry.registerMetric(metric as unknown as Metric);
}
