import { Injectable } from '@nestjs/common';
import { registerDerived } from './derived-metric.js';
import { HistogramData } from './histogram-data.js';
import type { Sample } from './measured.js';
import { MetricsRegistry } from './metrics-registry.js';

const REQUESTS = 'ostiary_token_requests_total';
const DURATION = 'ostiary_token_duration_seconds';
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

interface Series {
  grantType: string;
  status: number;
  seconds: HistogramData;
}

/** Requests to the token endpoint by grant type: their number, status and duration. */
@Injectable()
export class GrantMetrics {
  private readonly series = new Map<string, Series>();

  constructor({ registry }: MetricsRegistry) {
    const help = 'Requests to the token endpoint by grant type and status.';
    registerDerived(registry, { name: REQUESTS, help, type: 'counter' }, () => this.requests());
    const duration = {
      name: DURATION,
      help: 'Duration of requests to the token endpoint.',
      type: 'histogram',
    } as const;
    registerDerived(registry, duration, () => this.durations());
  }

  /** @param grantType a known grant type, or one word for all others, because each value makes a series */
  completed(grantType: string, status: number, durationMs: number): void {
    const key = `${grantType} ${status}`;
    let series = this.series.get(key);
    if (!series) this.series.set(key, (series = { grantType, status, seconds: new HistogramData(SECONDS) }));
    series.seconds.observe(durationMs / 1_000);
  }

  private requests(): Sample[] {
    return [...this.series.values()].map(({ grantType, status, seconds }) => ({
      metricName: REQUESTS,
      labels: { grant_type: grantType, code: String(status) },
      value: seconds.count,
    }));
  }

  private durations(): Sample[] {
    return [...this.series.values()].flatMap(({ grantType, status, seconds }) => {
      const labels = { grant_type: grantType, code: String(status) };
      return [
        ...seconds
          .cumulated()
          .map(([le, value]) => ({ metricName: `${DURATION}_bucket`, labels: { ...labels, le }, value })),
        { metricName: `${DURATION}_sum`, labels, value: seconds.sum },
        { metricName: `${DURATION}_count`, labels, value: seconds.count },
      ];
    });
  }
}
