import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { DataSource } from 'typeorm';
import { attachedBuckets, BUCKETED_TABLES } from '../database/bucket-partitions.js';
import { Migrated } from '../database/migrated.js';
import { Statements } from '../database/statements.js';
import { CountedFlowStore, type FlowTally } from '../flow-store/counted-flow-store.js';
import { registerDerived } from '../observability/derived-metric.js';
import { MetricsRegistry } from '../observability/metrics-registry.js';

/** Metrics of the stores: connections, operations of the flow store, and the partitions of bucketed tables. */
@Injectable()
export class StoreMetrics {
  constructor(
    private readonly metrics: MetricsRegistry,
    private readonly statements: Statements,
    private readonly flowStore: CountedFlowStore,
    private readonly migrated: Migrated,
    private readonly dataSource: DataSource,
  ) {
    this.connections();
    this.buckets();
    this.flow('ostiary_flow_store_operations_total', 'Operations of the flow store.', ({ total }) => total);
    this.flow('ostiary_flow_store_failures_total', 'Operations of the flow store that failed.', ({ failed }) => failed);
    this.flow(
      'ostiary_flow_store_seconds_total',
      'Duration of operations of the flow store.',
      ({ seconds }) => seconds,
    );
  }

  private connections(): void {
    const gauge: Gauge<'state'> = new Gauge({
      name: 'ostiary_database_connections',
      help: 'Connections to PostgreSQL by state, and (waiting) statements that wait for a connection.',
      labelNames: ['state'],
      registers: [this.metrics.registry],
      collect: () => {
        for (const [state, count] of Object.entries(this.statements.load)) gauge.set({ state }, count);
      },
    });
  }

  private buckets(): void {
    const gauge: Gauge<'table'> = new Gauge({
      ...{
        name: 'ostiary_buckets',
        help: 'Partitions of the tables that are partitioned by expiry.',
        labelNames: ['table'],
      },
      ...{ registers: [this.metrics.registry], aggregator: 'max' },
      collect: async () => {
        gauge.reset();
        if (!this.migrated.ready) return;
        for (const table of BUCKETED_TABLES) {
          const buckets = await attachedBuckets(this.dataSource, table).catch(() => undefined);
          if (buckets) gauge.set({ table }, buckets.length);
        }
      },
    });
  }

  private flow(name: string, help: string, value: (tally: FlowTally) => number): void {
    registerDerived(this.metrics.registry, { name, help, type: 'counter' }, () =>
      [...this.flowStore.tallies].map(([operation, tally]) => ({
        metricName: name,
        labels: { operation },
        value: value(tally),
      })),
    );
  }
}
