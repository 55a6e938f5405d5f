import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { CookieBrowser } from '../../support/cookie-browser.js';
import { RelyingParty, send, type Tokens } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';

describe('the type of JWT access tokens', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await freshDatabase();
  });
  afterAll(() => database.drop());

  it.each([
    ['JWT', {}],
    ['at+jwt', { typ: 'at+jwt', scope_claim: 'string' }],
  ])('is %s, and such a token is accepted like any other', async (typ, jwt) => {
    const server = await startTestServer(database.dsn, { strategies: { access_token: 'jwt', jwt } });
    try {
      const client = await RelyingParty.register(server);
      const { access_token: token, id_token: idToken } = await client.tokens();
      expect(part(token, 0)).toMatchObject({ typ, alg: 'RS256' });
      expect(part(idToken, 0).typ).toBe('JWT');
      // RFC 9068 §2.2
      for (const claim of ['iss', 'exp', 'aud', 'sub', 'client_id', 'iat', 'jti']) {
        expect(part(token, 1)).toHaveProperty(claim);
      }
      expect(part(token, 1).scope).toBe(typ === 'JWT' ? undefined : 'openid offline_access');
      expect(await client.isActive(token)).toBe(true);
      expect(await client.isActive(idToken)).toBe(false);
    } finally {
      await server.stop();
    }
  });
});

describe('JWT access tokens by RFC 9068', () => {
  let database: TestDatabase;
  let server: TestServer;

  beforeAll(async () => {
    database = await freshDatabase();
    server = await startTestServer(database.dsn, {
      strategies: { access_token: 'jwt', jwt: { profile: 'rfc9068', default_audience: 'https://api.example' } },
      oauth2: { introspection: { public: true } },
    });
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  it('tell how the person logged in, also after a refresh, and work at our endpoints', async () => {
    const client = await RelyingParty.register(server);
    const browser = new CookieBrowser(server, { login: { acr: 'gold', amr: ['pwd'] } });
    const code = (await browser.follow(client.address())).get('code') ?? '';
    const first = (await client.redeem(code)).json as unknown as Tokens;
    const headers = { authorization: `Bearer ${first.access_token}` };
    expect((await send('GET', `${server.public}/userinfo`, { headers })).status).toBe(200);
    const second = (await client.refresh(first.refresh_token)).json as unknown as Tokens;
    const { auth_time } = part(first.id_token, 1);
    expect(auth_time).toBeTypeOf('number');
    for (const { access_token: token } of [first, second]) {
      expect(part(token, 0).typ).toBe('at+jwt');
      expect(part(token, 1)).toMatchObject({ acr: 'gold', amr: ['pwd'], auth_time, scope: 'openid offline_access' });
      expect(part(token, 1).aud).toEqual(['https://api.example']);
    }
  });

  it('of a client are about the client, and tell of no login', async () => {
    const client = await RelyingParty.register(server);
    const { access_token: token } = (await client.token({ grant_type: 'client_credentials' })).json;
    const claims = part(token as string, 1);
    expect(claims).toMatchObject({ sub: client.clientId, client_id: client.clientId, aud: ['https://api.example'] });
    for (const name of ['auth_time', 'acr', 'amr', 'scope', 'ext']) expect(claims).not.toHaveProperty(name);
  });

  it('are introspected with the audience that they state, and by a resource server that it names', async () => {
    const client = await RelyingParty.register(server);
    const resource = await RelyingParty.register(server, { client_id: 'https://api.example' });
    const { access_token: token } = (await client.token({ grant_type: 'client_credentials' })).json;
    const body = () => new URLSearchParams({ token: token as string });
    const asAdmin = await send('POST', `${server.admin}/admin/oauth2/introspect`, { body: body() });
    expect(asAdmin.json).toMatchObject({ active: true, aud: ['https://api.example'] });
    const basic = Buffer.from(`${encodeURIComponent(resource.clientId)}:${encodeURIComponent(resource.secret)}`);
    const headers = { authorization: `Basic ${basic.toString('base64')}` };
    const asResource = await send('POST', `${server.public}/oauth2/introspect`, { body: body(), headers });
    expect(asResource.json).toMatchObject({ active: true, aud: ['https://api.example'] });
  });
});

function part(jwt: string, index: number): Record<string, unknown> {
  return JSON.parse(Buffer.from(jwt.split('.')[index] ?? '', 'base64url').toString()) as Record<string, unknown>;
}
