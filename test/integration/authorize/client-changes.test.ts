import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEVICE_CODE } from '../../../src/protocol/constants.js';
import { CookieBrowser, type Step } from '../../support/cookie-browser.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { CALLBACK, RelyingParty } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';

describe('a client that is changed while the person logs in', () => {
  let database: TestDatabase;
  let server: TestServer;
  let replica: TestServer;
  const secret = 'a-secret-of-the-tests';

  beforeAll(async () => {
    database = await freshDatabase();
    server = await startTestServer(database.dsn);
    replica = await startTestServer(database.dsn);
  });
  afterAll(async () => {
    await Promise.all([server.stop(), replica.stop()]);
    await database.drop();
  });

  const registered = async (over: Record<string, unknown> = {}): Promise<RelyingParty> =>
    (
      await RelyingParty.register(server, {
        ...{ client_secret: secret, scope: 'openid photos.read', audience: ['https://api.example'] },
        grant_types: ['authorization_code', 'implicit', DEVICE_CODE],
        response_types: ['code', 'token'],
        ...over,
      })
    ).withSecret(secret);
  const patch = async (client: RelyingParty, path: string, value: unknown): Promise<void> => {
    const answer = await client.admin('PATCH', `/clients/${client.clientId}`, [{ op: 'replace', path, value }]);
    expect(answer.status).toBe(200);
  };

  describe.each<Step>(['login', 'consent'])('before the %s is answered', (step) => {
    it.each([
      ['/scope', 'openid', 'code', 'invalid_scope'],
      ['/audience', [], 'code', 'invalid_request'],
      ['/response_types', ['code'], 'token', 'unsupported_response_type'],
      ['/grant_types', ['authorization_code'], 'token', 'invalid_grant'],
    ])('gets nothing that it may no longer have: %s %j', async (path, value, response_type, error) => {
      const client = await registered();
      const browser = new CookieBrowser(server);
      const asked = { response_type, scope: 'openid photos.read', audience: 'https://api.example' };
      const { url } = await browser.walk(client.address(asked), { until: step });
      const challenge = url?.searchParams.get(`${step}_challenge`) ?? '';
      const back = await browser.accept(step, challenge);
      await patch(client, path, value);
      const end = await browser.walk(back);
      expect(`${end.url?.origin ?? ''}${end.url?.pathname ?? ''}`).toBe(CALLBACK);
      expect([end.parameters.error, end.parameters.code, end.parameters.access_token]).toEqual([
        error,
        undefined,
        undefined,
      ]);
    });
  });

  it('gets what it may have only since a moment ago, on a server with an outdated cache', async () => {
    const client = await registered({ scope: 'openid' });
    await client.at(replica).authorize({ scope: 'openid' }); // the replica remembers it
    await patch(client, '/scope', 'openid photos.read');
    const browser = new CookieBrowser(server);
    const { url } = await browser.walk(client.address({ scope: 'openid photos.read' }), { until: 'login' });
    const back = await browser.accept('login', url?.searchParams.get('login_challenge') ?? '');
    browser.server = replica;
    expect((await browser.walk(back)).parameters.scope).toBe('openid photos.read');
  });
});
