import { describe, expect, it } from 'vitest';
import { HttpMetrics, type MeasuredRequest } from './http-metrics.js';
import { MetricsRegistry } from './metrics-registry.js';

const request: MeasuredRequest = {
  method: 'GET',
  route: '/admin/clients/{param}',
  status: 200,
  durationMs: 20,
  requestBytes: 0,
  responseBytes: 500,
};

async function linesAfter(...requests: Partial<MeasuredRequest>[]): Promise<string[]> {
  const registry = new MetricsRegistry();
  const metrics = new HttpMetrics(registry);
  for (const one of requests) metrics.completed({ ...request, ...one });
  const { text } = await registry.exposition();
  return text.split('\n');
}

/** The value of the one line with this name and these labels. */
function valueOf(lines: string[], name: string, labels: string[]): number {
  const found = lines.filter((line) => line.startsWith(`${name}{`) && labels.every((label) => line.includes(label)));
  expect(found, `${name} ${labels.join()}`).toHaveLength(1);
  return Number(found[0]?.split(' ').at(-1));
}

describe('the metrics of requests', () => {
  it('count by status, method and endpoint, with the constant labels', async () => {
    const lines = await linesAfter({}, {}, { status: 404 }, { method: 'POST' });
    const labels = ['code="200"', 'method="get"', 'endpoint="/admin/clients/{param}"', 'app="hydra"', 'version="v'];
    expect(valueOf(lines, 'http_requests_total', labels)).toBe(2);
  });

  it('are sums over the labels that they do not have', async () => {
    const lines = await linesAfter({}, { status: 404 }, { method: 'POST', route: '/oauth2/token' }, { status: 499 });
    expect(valueOf(lines, 'http_response_time_seconds_count', ['endpoint="/admin/clients/{param}"'])).toBe(3);
    expect(valueOf(lines, 'http_requests_statuses_total', ['method="GET"', 'status_bucket="4xx"'])).toBe(2);
    expect(valueOf(lines, 'http_requests_statuses_total', ['method="POST"', 'status_bucket="2xx"'])).toBe(1);
  });

  it('count durations and sizes in cumulative buckets', async () => {
    const lines = await linesAfter({}, { durationMs: 700, responseBytes: 5_000 }, { durationMs: 60_000 });
    const bucket = (le: string) => valueOf(lines, 'http_requests_duration_seconds_bucket', [`le="${le}"`]);
    expect(['0.01', '0.025', '0.5', '1', '10', '+Inf'].map(bucket)).toEqual([0, 1, 1, 2, 2, 3]);
    expect(valueOf(lines, 'http_requests_duration_seconds_sum', ['code="200"'])).toBeCloseTo(60.72);
    expect(valueOf(lines, 'http_response_size_bytes_bucket', ['le="1000"', 'code="200"'])).toBe(2);
  });

  it('have types and descriptions, beside those of the process', async () => {
    const lines = await linesAfter({});
    expect(lines).toContain('# TYPE http_requests_total counter');
    expect(lines).toContain('# TYPE http_response_size_bytes histogram');
    expect(lines.some((line) => line.startsWith('process_resident_memory_bytes{'))).toBe(true);
  });
});
