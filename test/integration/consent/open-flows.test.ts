import { afterAll, beforeAll, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { RelyingParty } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { overBothStores } from '../../support/stores.js';

overBothStores('flows that strangers open', (redis) => {
  let database: TestDatabase;
  const servers: TestServer[] = [];
  let party: RelyingParty;

  beforeAll(async () => {
    database = await freshDatabase();
    const settings = {
      serve: { public: { trusted_proxies: ['127.0.0.0/8'] } },
      rate_limits: { open_flows_per_address: 2 },
      ...(redis && { redis: { url: redis, prefix: `open-flows-${String(Date.now())}:` } }),
    };
    for (let i = 0; i < 2; i++) servers.push(await startTestServer(database.dsn, settings));
    party = await RelyingParty.register(servers[0] as TestServer);
  });
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()));
    await database.drop();
  });

  const ask = (address: string, path: string, { server = 0, accept = '*/*' } = {}): Promise<Response> =>
    fetch(`${servers[server]?.public ?? ''}${path}`, {
      headers: { 'x-forwarded-for': address, accept },
      redirect: 'manual',
    });

  it('are limited by address, on all processes together, with Retry-After', async () => {
    for (const server of [0, 1]) expect((await ask('192.0.2.1', party.address(), { server })).status).toBe(302);
    const refused = await ask('192.0.2.1', party.address());
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(60);
    expect(await refused.json()).toMatchObject({ error: 'temporarily_unavailable' });
    const page = await ask('192.0.2.1', '/oauth2/device/verify', { server: 1, accept: 'text/html' });
    expect([page.status, page.headers.get('content-type')]).toEqual([429, expect.stringContaining('text/html')]);
    expect((await ask('192.0.2.2', party.address())).status).toBe(302);
  });

  it('are not counted if no flow begins', async () => {
    for (let i = 0; i < 3; i++) {
      const { status, headers } = await ask('192.0.2.3', party.address({ response_type: 'nothing' }));
      expect([status, headers.get('location')]).toEqual([303, expect.stringContaining('error=')]);
    }
    expect((await ask('192.0.2.3', party.address())).status).toBe(302);
  });
});
