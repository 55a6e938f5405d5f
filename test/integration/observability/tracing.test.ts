import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { type CollectedSpan, type Collector, named, startCollector } from './collector.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const PARENT = '00f067aa0ba902b7';
const SECRET = 'a-secret-of-the-client';

let database: TestDatabase;
let hook: Server;
const hooked: IncomingHttpHeaders[] = [];

beforeAll(async () => {
  database = await freshDatabase();
  hook = createServer((request, response) => {
    hooked.push(request.headers);
    request.resume();
    response.statusCode = 204;
    response.end();
  });
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  hook.close();
  await database.drop();
});

async function start(collector: Collector, otlp: Record<string, unknown> = {}): Promise<TestServer> {
  const { port } = hook.address() as AddressInfo;
  return startTestServer(database.dsn, {
    oauth2: { token_hook: `http://127.0.0.1:${port}/hook?key=in-the-query` },
    tracing: {
      provider: 'otel',
      service_name: 'door',
      deployment_environment: 'test',
      providers: {
        otlp: {
          server_url: collector.address,
          insecure: true,
          authorization_header: 'Bearer of-the-collector',
          ...otlp,
        },
      },
    },
  });
}

async function client(server: TestServer, id: string): Promise<void> {
  await fetch(`${server.admin}/admin/clients`, {
    method: 'POST',
    body: JSON.stringify({ client_id: id, client_secret: SECRET, grant_types: ['client_credentials'] }),
  });
}

function token(server: TestServer, id: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${server.public}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${id}:${SECRET}`).toString('base64')}`, ...headers },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
}

const byName = (spans: CollectedSpan[], name: string): CollectedSpan => {
  const found = spans.find((span) => span.name === name);
  if (!found) throw new Error(`No span ${name} among ${spans.map((span) => span.name).join(', ')}`);
  return found;
};

describe('traces', () => {
  it('link a request to each statement and each outbound call, and continue at the called server', async () => {
    const collector = await startCollector();
    const server = await start(collector);
    await client(server, 'traced');
    const answer = await token(server, 'traced', { traceparent: `00-${TRACE}-${PARENT}-01` });
    expect(answer.status).toBe(200);
    const { access_token: issued } = (await answer.json()) as { access_token: string };
    await fetch(`${server.admin}/admin/clients/traced?unseen=in-the-query`);
    await fetch(`${server.public}/health/ready`);
    await server.stop(); // exports the remaining spans

    const request = byName(collector.spans, 'POST /oauth2/token');
    expect(request).toMatchObject({ traceId: TRACE, parentSpanId: PARENT, kind: 2 });
    expect(named(request.attributes)).toMatchObject({
      'http.route': '/oauth2/token',
      'http.response.status_code': 200,
      'ostiary.listener': 'public',
    });
    const children = collector.spans.filter(({ parentSpanId }) => parentSpanId === request.spanId);
    const statements = children.filter(({ attributes }) => named(attributes)['db.system.name'] === 'postgresql');
    expect(statements.length).toBeGreaterThan(0);
    expect(children.every(({ traceId, kind }) => traceId === TRACE && kind === 3)).toBe(true);
    const call = children.find(({ attributes }) => 'server.address' in named(attributes));
    expect(named(call?.attributes ?? [])).toMatchObject({ 'http.response.status_code': 204 });
    expect(hooked.at(-1)?.traceparent).toBe(`00-${TRACE}-${call?.spanId ?? ''}-01`);

    expect(byName(collector.spans, 'GET /admin/clients/{param}').traceId).not.toBe(TRACE);
    expect(collector.spans.some(({ name }) => name.includes('health'))).toBe(false);
    expect(collector.resource).toMatchObject({ 'service.name': 'door', 'deployment.environment.name': 'test' });
    expect(new Set(collector.authorizations)).toEqual(new Set(['Bearer of-the-collector']));
    for (const secret of [SECRET, issued, 'in-the-query', 'Basic ']) expect(collector.text).not.toContain(secret);
    await collector.close();
  });

  it.each([
    ['a b3 header', { b3: `${TRACE}-${PARENT}-1` }],
    ['several b3 headers', { 'x-b3-traceid': TRACE, 'x-b3-spanid': PARENT, 'x-b3-sampled': '1' }],
  ])('continue a trace from %s', async (_, headers) => {
    const collector = await startCollector();
    const server = await start(collector);
    await fetch(`${server.public}/.well-known/jwks.json`, { headers });
    await server.stop();
    expect(byName(collector.spans, 'GET /.well-known/jwks.json')).toMatchObject({
      traceId: TRACE,
      parentSpanId: PARENT,
    });
    await collector.close();
  });

  it('follow the sampling ratio, and the sampling decision of the caller', async () => {
    const collector = await startCollector();
    const server = await start(collector, { sampling: { sampling_ratio: 0 } });
    await fetch(`${server.public}/.well-known/jwks.json`);
    await fetch(`${server.public}/.well-known/jwks.json`, { headers: { traceparent: `00-${TRACE}-${PARENT}-00` } });
    await fetch(`${server.public}/nowhere`, { headers: { traceparent: `00-${TRACE}-${PARENT}-01` } });
    await server.stop();
    expect(collector.spans.map(({ name }) => name)).toEqual(['GET']);
    await collector.close();
  });

  it.each([
    ['nonsense', 'nonsense'],
    ['an id of zeros', `00-${'0'.repeat(32)}-${PARENT}-01`],
    ['a long text', 'x'.repeat(10_000)],
  ])('start a new trace for a header with %s', async (_, bad) => {
    const collector = await startCollector();
    const server = await start(collector);
    await fetch(`${server.public}/.well-known/jwks.json`, {
      headers: { traceparent: bad, b3: bad },
    });
    await server.stop();
    expect(byName(collector.spans, 'GET /.well-known/jwks.json').parentSpanId ?? '').toBe('');
    await collector.close();
  });

  it('do not disturb requests if the collector is not reachable', async () => {
    const collector = await startCollector();
    await collector.close();
    const server = await start(collector);
    expect((await fetch(`${server.public}/.well-known/jwks.json`)).status).toBe(200);
    await server.stop();
  });
});
