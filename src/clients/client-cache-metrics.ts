import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { registerDerived } from '../observability/derived-metric.js';
import { MetricsRegistry } from '../observability/metrics-registry.js';
import type { CacheCounts } from './client-cache.js';
import { ClientsService } from './clients.service.js';

const LOOKUPS = 'ostiary_client_cache_lookups_total';
const GAUGES: readonly { name: string; help: string; read: (counts: CacheCounts) => number }[] = [
  { name: 'ostiary_client_cache_entries', help: 'Clients in the cache.', read: ({ size }) => size },
  {
    name: 'ostiary_client_cache_bytes',
    help: 'Approximate bytes of the clients in the cache.',
    read: ({ bytes }) => bytes,
  },
];

/** Metrics of the cache of clients. */
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
    for (const { name, help, read } of GAUGES) {
      const gauge: Gauge = new Gauge({
        name,
        help,
        registers: [registry],
        collect: () => {
          gauge.set(read(clients.cacheCounts));
        },
      });
    }
  }
}
