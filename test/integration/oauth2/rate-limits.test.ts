import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { startTestServer, type TestServer } from '../../support/server.js';

const SECRET = 'a-secret-of-the-client';
let database: TestDatabase;
let server: TestServer;
let replica: TestServer;

beforeAll(async () => {
  database = await freshDatabase();
  const settings = {
    serve: { public: { trusted_proxies: ['127.0.0.0/8'] }, admin: { trusted_proxies: ['127.0.0.0/8'] } },
    rate_limits: {
      window: '1h',
      token: { per_address: 4, per_client: 2 },
      introspection: { per_address: 2 },
      device_authorization: { per_client: 1 },
    },
  };
  server = await startTestServer(database.dsn, settings);
  replica = await startTestServer(database.dsn, settings);
});
afterAll(async () => {
  await Promise.all([server.stop(), replica.stop()]);
  await database.drop();
});

async function client(id: string): Promise<string> {
  const grant_types = ['client_credentials', 'urn:ietf:params:oauth:grant-type:device_code'];
  const body = JSON.stringify({ client_id: id, client_secret: SECRET, grant_types });
  const answer = await fetch(`${server.admin}/admin/clients`, { method: 'POST', body });
  expect(answer.status).toBe(201);
  return id;
}

interface Ask {
  url: string;
  address: string;
  id?: string;
  secret?: string;
  form?: Record<string, string>;
}

function post({
  url,
  address,
  id,
  secret = SECRET,
  form = { grant_type: 'client_credentials' },
}: Ask): Promise<Response> {
  const basic = { authorization: `Basic ${Buffer.from(`${id ?? ''}:${secret}`).toString('base64')}` };
  return fetch(url, {
    method: 'POST',
    headers: { 'x-forwarded-for': address, ...(id && basic) },
    body: new URLSearchParams(form),
  });
}

const statuses = async (asks: Ask[]): Promise<number[]> => {
  const found: number[] = [];
  for (const ask of asks) found.push((await post(ask)).status);
  return found;
};

describe('rate limits', () => {
  const at = (address: string, more: Partial<Ask> = {}): Ask => ({
    url: `${server.public}/oauth2/token`,
    address,
    ...more,
  });

  it('count by the address of the client, good and bad requests, over all processes', async () => {
    const id = await client('by-address');
    const elsewhere = { url: `${replica.public}/oauth2/token` };
    const asked = [
      at('203.0.113.1', { id, secret: 'wrong' }),
      at('203.0.113.1', { id, secret: 'wrong', ...elsewhere }),
      at('203.0.113.1', { id }),
      at('203.0.113.1', { form: {} }),
    ];
    expect(await statuses(asked)).toEqual([401, 401, 200, 400]);
    for (const more of [{}, elsewhere]) {
      const refused = await post(at('203.0.113.1', { id, ...more }));
      expect(refused.status).toBe(429);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3_000);
      expect(await refused.json()).toMatchObject({ error: 'temporarily_unavailable' });
    }
    expect(await statuses([at('203.0.113.2', { id })])).toEqual([200]);
  });

  it('count by the client that has proven itself: nobody else uses up what it may do', async () => {
    const id = await client('by-client');
    const strangers = ['198.51.100.1', '198.51.100.2', '198.51.100.3'].map((a) => at(a, { id, secret: 'wrong' }));
    expect(await statuses(strangers)).toEqual([401, 401, 401]);
    const own = ['198.51.100.4', '198.51.100.5', '198.51.100.6'].map((a) => at(a, { id }));
    expect(await statuses(own)).toEqual([200, 200, 429]);
    expect(await statuses([at('198.51.100.7', { id: await client('another') })])).toEqual([200]);
  });

  it('are separate for each endpoint', async () => {
    const id = await client('by-endpoint');
    const device = { url: `${server.public}/oauth2/device/auth`, address: '192.0.2.1', id, form: { client_id: id } };
    expect(await statuses([device, device])).toEqual([200, 429]);
    const introspect = { url: `${server.admin}/admin/oauth2/introspect`, address: '192.0.2.1', form: { token: 'x' } };
    expect(await statuses([introspect, introspect, introspect])).toEqual([200, 200, 429]);
    expect(await statuses([at('192.0.2.1', { id })])).toEqual([200]);
    const revoke = { url: `${server.public}/oauth2/revoke`, address: '192.0.2.1', id, form: { token: 'x' } };
    expect(await statuses([revoke, revoke, revoke])).toEqual([200, 200, 200]);
  });
});
