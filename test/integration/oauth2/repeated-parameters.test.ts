import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEVICE_CODE } from '../../../src/protocol/constants.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { type Answer, CALLBACK, RelyingParty, send } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';

describe('a repeated parameter', () => {
  let database: TestDatabase;
  let server: TestServer;
  let client: RelyingParty;

  beforeAll(async () => {
    database = await freshDatabase();
    server = await startTestServer(database.dsn);
    const registered = await RelyingParty.register(server, {
      client_secret: 'a-secret-of-the-tests',
      grant_types: ['authorization_code', 'client_credentials', DEVICE_CODE],
      redirect_uris: [CALLBACK, 'https://app.example/other'],
      audience: ['https://a.example', 'https://b.example'],
    });
    client = registered.withSecret('a-secret-of-the-tests');
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  const post = (address: string, body: string): Promise<Answer> =>
    send('POST', address, {
      body: new URLSearchParams(body),
      headers: { authorization: `Basic ${Buffer.from(`${client.clientId}:${client.secret}`).toString('base64')}` },
    });

  it.each([
    ['public', '/oauth2/token', 'grant_type=client_credentials&scope=openid&scope=openid'],
    ['public', '/oauth2/revoke', 'token=a&token=a'],
    ['public', '/oauth2/device/auth', 'client_id=a&client_id=a'],
    ['admin', '/admin/oauth2/introspect', 'token=a&token=b'],
  ] as const)('is invalid_request at %s %s (RFC 6749 §3.2)', async (listener, path, body) => {
    const { status, json } = await post(server[listener] + path, body);
    expect([status, json['error']]).toEqual([400, 'invalid_request']);
  });

  it.each(['/oauth2/sessions/logout?state=a&state=b', '/oauth2/device/verify?user_code=A&user_code=B'])(
    'is shown on the error page: %s',
    async (path) => {
      const { headers } = await send('GET', server.public + path);
      expect(headers.get('location')).toMatch(/^http:\/\/ui\.example\/error\?.*error=invalid_request/);
    },
  );

  it.each([
    ['redirect_uri', 'https://app.example/other'],
    ['redirect_uri', 'https://evil.example'],
    ['client_id', 'another'],
    ['response_mode', 'query'],
    ['request', 'x'],
  ])('leads to the error page if the redirect depends on it: %s', async (name, second) => {
    const address = `${client.address({ response_mode: 'query', request: 'x' })}&${new URLSearchParams([[name, second]]).toString()}`;
    const { headers } = await send('GET', server.public + address);
    expect(headers.get('location')).toMatch(/^http:\/\/ui\.example\/error\?.*error=invalid_request/);
  });

  it.each(['state', 'scope', 'response_type', 'nonce', 'prompt', 'code_challenge', 'unknown'])(
    'is reported to the client: %s (RFC 6749 §4.1.2.1)',
    async (name) => {
      const address = `${client.address({ [name]: 'code' })}&${name}=code`;
      const { headers } = await send('GET', server.public + address);
      expect(headers.get('location')).toMatch(/^https:\/\/app\.example\/cb[?#].*error=invalid_request/);
    },
  );

  it('is taken where each value counts', async () => {
    const body =
      'grant_type=client_credentials&audience=https://a.example&audience=https://b.example&resource=a&resource=b';
    expect((await post(`${server.public}/oauth2/token`, body)).status).toBe(200);
  });
});
