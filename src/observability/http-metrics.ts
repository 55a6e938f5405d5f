/**
 * The metrics of requests, under the names of Hydra. A request costs one look-up: status, method and route name a series, and
 * the metrics with fewer labels are sums over series, computed at a scrape.
 */
import { Injectable } from '@nestjs/common';
import { Registry } from 'prom-client';
import { HistogramData } from './histogram-data.js';
import { registerDerived } from './derived-metric.js';
import type { Sample } from './measured.js';
import { MetricsRegistry } from './metrics-registry.js';

export interface MeasuredRequest {
  method: string;
  /** The pattern of the route; empty where none was found. */
  route: string;
  status: number;
  durationMs: number;
  requestBytes: number;
  responseBytes: number;
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const BYTES = [100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];

type Labels = Record<string, string>;

class Series {
  readonly seconds = new HistogramData(SECONDS);
  readonly requestBytes = new HistogramData(BYTES);
  readonly responseBytes = new HistogramData(BYTES);

  constructor(
    readonly status: number,
    readonly method: string,
    readonly route: string,
  ) {}

  get full(): Labels {
    return { ...this.statusAndMethod, endpoint: this.route };
  }

  get statusAndMethod(): Labels {
    return { code: String(this.status), method: this.method.toLowerCase() };
  }

  get statusBucket(): Labels {
    const hundreds = Math.floor(this.status / 100);
    return { method: this.method, status_bucket: hundreds >= 2 && hundreds <= 5 ? `${hundreds}xx` : 'unknown' };
  }
}

@Injectable()
export class HttpMetrics {
  private readonly series = new Map<string, Series>();

  constructor({ registry }: MetricsRegistry) {
    this.register(registry);
  }

  completed({ method, route, status, durationMs, requestBytes, responseBytes }: MeasuredRequest): void {
    const key = `${status} ${method} ${route}`;
    let series = this.series.get(key);
    if (!series) this.series.set(key, (series = new Series(status, method, route)));
    series.seconds.observe(durationMs / 1_000);
    series.requestBytes.observe(requestBytes);
    series.responseBytes.observe(responseBytes);
  }

  private register(registry: Registry): void {
    const counter = (name: string, help: string, labels: (one: Series) => Labels): void => {
      registerDerived(registry, { name, help, type: 'counter' }, () => this.sums(name, labels));
    };
    const histogram = (
      name: string,
      help: string,
      labels: (one: Series) => Labels,
      of: (one: Series) => HistogramData,
    ): void => {
      registerDerived(registry, { name, help, type: 'histogram' }, () => this.histograms(name, labels, of));
    };
    counter('http_requests_total', 'Requests that were answered.', (one) => one.full);
    counter('http_requests_statuses_total', 'Requests by class of status.', (one) => one.statusBucket);
    histogram(
      'http_requests_duration_seconds',
      'Duration of requests.',
      (one) => one.full,
      (one) => one.seconds,
    );
    histogram(
      'http_response_time_seconds',
      'Duration of requests by endpoint.',
      ({ route }) => ({ endpoint: route }),
      (one) => one.seconds,
    );
    histogram(
      'http_requests_size_bytes',
      'Size of request bodies.',
      (one) => one.statusAndMethod,
      (one) => one.requestBytes,
    );
    histogram(
      'http_response_size_bytes',
      'Size of response bodies.',
      (one) => one.statusAndMethod,
      (one) => one.responseBytes,
    );
  }

  private sums(name: string, labels: (one: Series) => Labels): Sample[] {
    return this.grouped(labels, (one) => one.seconds).map(([group, data]) => ({
      metricName: name,
      labels: group,
      value: data.count,
    }));
  }

  private histograms(name: string, labels: (one: Series) => Labels, of: (one: Series) => HistogramData): Sample[] {
    return this.grouped(labels, of).flatMap(([group, data]) => [
      ...data.cumulated().map(([le, value]) => ({ metricName: `${name}_bucket`, labels: { ...group, le }, value })),
      { metricName: `${name}_sum`, labels: group, value: data.sum },
      { metricName: `${name}_count`, labels: group, value: data.count },
    ]);
  }

  private grouped(labels: (one: Series) => Labels, of: (one: Series) => HistogramData): [Labels, HistogramData][] {
    const groups = new Map<string, [Labels, HistogramData]>();
    for (const one of this.series.values()) {
      const group = labels(one);
      const key = Object.values(group).join(' ');
      const known = groups.get(key);
      if (known) known[1].add(of(one));
      else groups.set(key, [group, copyOf(of(one))]);
    }
    return [...groups.values()];
  }
}

function copyOf(data: HistogramData): HistogramData {
  const copy = data.empty();
  copy.add(data);
  return copy;
}
