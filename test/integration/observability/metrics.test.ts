import parse from 'parse-prometheus-text-format';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { startTestServer, type TestServer } from '../../support/server.js';

let database: TestDatabase;
let server: TestServer;
interface Sample {
  name: string;
  value?: string;
  labels?: Record<string, string>;
}

let all: Sample[];
let text: string;

const clientBody = JSON.stringify({
  client_id: 'measured',
  client_secret: 'a-secret-of-the-client',
  grant_types: ['client_credentials', 'urn:ietf:params:oauth:grant-type:device_code'],
});

function token(form: Record<string, string>, path = '/oauth2/token'): Promise<Response> {
  const authorization = `Basic ${Buffer.from('measured:a-secret-of-the-client').toString('base64')}`;
  return fetch(server.public + path, {
    method: 'POST',
    headers: { authorization },
    body: new URLSearchParams(form),
  });
}

beforeAll(async () => {
  database = await freshDatabase();
  server = await startTestServer(database.dsn);
  await fetch(`${server.admin}/admin/clients`, { method: 'POST', body: clientBody });
  for (const grant_type of ['client_credentials', 'client_credentials', 'authorization_code', 'of-a-stranger"\n']) {
    await (await token({ grant_type })).text();
  }
  await (await token({ client_id: 'measured' }, '/oauth2/device/auth')).text();
  await (await fetch(`${server.admin}/admin/clients/measured`)).text();
  await (await fetch(`${server.public}/oauth2/auth?client_id=nobody`, { redirect: 'manual' })).text();
  const scraped = await fetch(`${server.admin}/metrics/prometheus`);
  expect(scraped.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  text = await scraped.text();
  // The parser drops the labels of a histogram, but keeps them when it reads single samples.
  const single = parse(text.replace(/^#.*$/gm, ''));
  all = single.flatMap(({ name, metrics }) => metrics.map((sample) => ({ name, ...sample })));
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});

const samples = (name: string, labels: Record<string, string> = {}) =>
  all.filter((one) => one.name === name && Object.entries(labels).every(([key, want]) => one.labels?.[key] === want));
const value = (name: string, labels?: Record<string, string>) =>
  samples(name, labels).reduce((sum, one) => sum + Number(one.value), 0);

describe('the metrics, as a parser of Prometheus reads them', () => {
  it('contain rate, errors and duration of each route, hot or not', () => {
    expect(value('http_requests_total', { endpoint: '/oauth2/token', code: '200' })).toBe(2);
    expect(value('http_requests_total', { endpoint: '/oauth2/token', code: '400' })).toBe(2);
    expect(value('http_requests_total', { endpoint: '/admin/clients/{param}', code: '200', method: 'get' })).toBe(1);
    expect(parse(text).find(({ name }) => name === 'http_requests_duration_seconds')?.type).toBe('HISTOGRAM');
    const hot = { endpoint: '/oauth2/token', code: '200' };
    expect(value('http_requests_duration_seconds_count', hot)).toBe(2);
    expect(value('http_requests_duration_seconds_bucket', { ...hot, le: '+Inf' })).toBe(2);
    expect(value('http_requests_duration_seconds_sum', hot)).toBeGreaterThan(0);
  });

  it('contain the same for each grant type, and no series for values from strangers', () => {
    expect(value('ostiary_token_requests_total', { grant_type: 'client_credentials', code: '200' })).toBe(2);
    expect(value('ostiary_token_requests_total', { grant_type: 'authorization_code' })).toBe(1);
    expect(value('ostiary_token_requests_total', { grant_type: 'unknown', code: '400' })).toBe(1);
    expect(value('ostiary_token_duration_seconds_count', { grant_type: 'client_credentials' })).toBe(2);
    expect(text).not.toContain('of-a-stranger');
  });

  it.each([
    ['ostiary_database_connections', { state: 'idle' }],
    ['ostiary_buckets', { table: 'access_token' }],
    ['ostiary_client_cache_lookups_total', { outcome: 'hit' }],
    ['ostiary_client_cache_entries', {}],
    ['ostiary_client_cache_bytes', {}],
    ['ostiary_flow_store_operations_total', { operation: 'put' }],
    ['ostiary_flow_store_seconds_total', { operation: 'put' }],
    ['ostiary_events_total', { type: 'token.issued' }],
    ['nodejs_eventloop_lag_p99_seconds', {}],
    ['process_resident_memory_bytes', {}],
  ])('have a value for %s', (name, labels) => {
    expect(value(name, labels)).toBeGreaterThan(0);
  });

  it.each(['ostiary_logout_deliveries_pending', 'ostiary_cache_feed', 'ostiary_flow_store_failures_total'])(
    'contain %s',
    (name) => {
      expect(samples(name)).not.toEqual([]);
    },
  );

  it('have the constant labels of Hydra', () => {
    expect(samples('http_requests_total')[0]?.labels).toMatchObject({ app: 'hydra' });
  });
});
