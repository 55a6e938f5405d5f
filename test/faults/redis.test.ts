import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { RedisServer } from '../integration/flow-store/redis-server.js';
import { CookieBrowser } from '../support/cookie-browser.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { redisUrl } from '../support/redis.js';
import { CALLBACK, RelyingParty, send } from '../support/relying-party.js';
import { startTestServer, type TestServer } from '../support/server.js';

const WAIT = { timeout: 60_000, interval: 50 };

describe.skipIf(!redisUrl())('a Redis that goes away', () => {
  let redis: RedisServer;
  let database: TestDatabase;
  let server: TestServer;
  let replica: TestServer;
  let client: RelyingParty;

  const authorize = () => {
    const query = { client_id: client.clientId, response_type: 'code', redirect_uri: CALLBACK, scope: 'openid' };
    return send(
      'GET',
      `${server.public}/oauth2/auth?${new URLSearchParams({ ...query, state: 'a-long-state' }).toString()}`,
    );
  };

  beforeAll(async () => {
    redis = await RedisServer.create();
    await redis.start();
    database = await freshDatabase();
    const settings = {
      redis: { url: redis.url },
      oauth2: { pushed_authorization_requests: { enabled: true } },
      ttl: { pushed_authorization_request: '9m' },
    };
    server = await startTestServer(database.dsn, settings);
    replica = await startTestServer(database.dsn, settings);
    client = await RelyingParty.register(server);
  });
  afterAll(async () => {
    await Promise.all([server.stop(), replica.stop()]);
    await redis.remove();
    await database.drop();
  });

  it('makes browser flows get 503, and nothing else; a code is neither lost nor accepted twice, and flows work again without a restart', async () => {
    const tokens = await client.tokens();
    const code = await client.code();
    await redis.stop();

    const flow = await authorize();
    expect([flow.status, flow.json.error]).toEqual([503, 'temporarily_unavailable']);
    // Only the process that issued the code still knows its request.
    expect((await client.at(replica).redeem(code)).status).toBe(503);
    expect((await client.redeem(code)).status).toBe(200);
    expect((await client.redeem(code)).status).toBe(400);
    expect((await client.token({ grant_type: 'client_credentials' })).status).toBe(200);
    const refreshed = await client.refresh(tokens.refresh_token);
    expect(refreshed.status).toBe(200);
    const access = refreshed.json.access_token as string;
    expect(await client.isActive(access)).toBe(true);
    const headers = { authorization: `Bearer ${access}` };
    expect((await send('GET', `${server.public}/userinfo`, { headers })).json.sub).toBe('alice');
    expect((await client.revoke(access)).status).toBe(200);

    await redis.start();
    await vi.waitFor(async () => {
      expect((await authorize()).status).toBe(302);
    }, WAIT);
    expect((await client.tokens()).id_token).toBeDefined();
  });

  it('costs a client one more push: requests that the store lost are refused, and nothing stands in for them', async () => {
    const parameters = Object.fromEntries(new URL(client.address(), CALLBACK).searchParams);
    const push = () => client.push(parameters);
    const visit = (requestUri: unknown, at = server) =>
      new CookieBrowser(at).go(client.pushedAddress(String(requestUri)));
    const { json: lost } = await push();
    await redis.stop();
    const refused = await push();
    expect([refused.status, refused.json.error]).toEqual([503, 'temporarily_unavailable']);
    for (const at of [server, replica]) expect((await visit(lost.request_uri, at)).status).toBe(503);

    await redis.start(); // with an empty memory
    const again = await vi.waitFor(async () => {
      const { status, json } = await push();
      expect(status).toBe(201);
      return json.request_uri;
    }, WAIT);
    for (const at of [server, replica]) {
      const { headers } = await visit(lost.request_uri, at);
      expect(new URL(headers.get('location') ?? '').searchParams.get('error')).toBe('invalid_request_uri');
    }
    const browser = new CookieBrowser(replica);
    const code = (await browser.follow(client.pushedAddress(String(again)))).get('code');
    expect((await client.redeem(code ?? '')).status).toBe(200);
  });
});
