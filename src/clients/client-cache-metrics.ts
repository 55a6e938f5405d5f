import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { registerDerived } from '../observability/derived-metric.js';
import { MetricsRegistry } from '../observability/metrics-registry.js';
import { ClientsService } from './clients.service.js';

const LOOKUPS = 'ostiary_client_cache_lookups_total';

/** How well the cache of clients does. */
@Injectable()
export class ClientCacheMetrics {
  constructor({ registry }: MetricsRegistry, clients: ClientsService) {
    const help = 'Look-ups in the cache of clients; a miss costs a query.';
    registerDerived(registry, { name: LOOKUPS, help, type: 'counter' }, () => {
      const { hits, misses } = clients.cacheCounts;
      return Object.entries({ hit: hits, miss: misses }).map(([outcome, value]) => ({
        metricName: LOOKUPS,
        labels: { outcome },
        value,
      }));
    });
    const gauge: Gauge = new Gauge({
      name: 'ostiary_client_cache_entries',
      help: 'Clients in the cache.',
      registers: [registry],
      collect: () => {
        gauge.set(clients.cacheCounts.size);
      },
    });
  }
}
