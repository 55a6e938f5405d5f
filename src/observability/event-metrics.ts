import { Injectable } from '@nestjs/common';
import { Events } from '../events/events.js';
import { registerDerived } from './derived-metric.js';
import { MetricsRegistry } from './metrics-registry.js';

const NAME = 'ostiary_events_total';

/** Counts the events of this process by type and reason, whether audit lines are written or not. */
@Injectable()
export class EventMetrics {
  constructor({ registry }: MetricsRegistry, events: Events) {
    registerDerived(registry, { name: NAME, help: 'Events by type, see docs/audit.md.', type: 'counter' }, () =>
      [...events.counts].flatMap(([type, reasons]) =>
        [...reasons].map(([reason, value]) => ({
          metricName: NAME,
          labels: { type, ...(reason && { reason }) },
          value,
        })),
      ),
    );
  }
}
