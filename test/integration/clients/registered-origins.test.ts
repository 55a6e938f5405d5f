import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { RelyingParty } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';

const SPA = 'https://spa.example';
const OTHER = 'https://other.example';
const EVIL = 'https://evil.example';
const cors = { enabled: true, allowed_origins: ['https://app.example'] };

let database: TestDatabase;
let server: TestServer;
let spa: RelyingParty;

beforeAll(async () => {
  database = await freshDatabase();
  server = await startTestServer(database.dsn, { serve: { public: { cors } }, strategies: { access_token: 'opaque' } });
  spa = await RelyingParty.register(server, { allowed_cors_origins: [SPA, 'https://*.Wild.example'] });
  await RelyingParty.register(server, { allowed_cors_origins: [OTHER] });
});
afterAll(async () => {
  await server.stop();
  await database.drop();
});

const allowed = (response: Response) => response.headers.get('access-control-allow-origin');

async function preflight(origin: string, path = '/oauth2/token', headers = 'authorization'): Promise<string | null> {
  const response = await fetch(server.public + path, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': headers },
  });
  return allowed(response);
}

const userinfo = (token: string, origin: string, path = '/userinfo') =>
  fetch(server.public + path, {
    method: path === '/userinfo' ? 'GET' : 'POST',
    headers: { origin, ...(token && { authorization: `Bearer ${token}` }) },
  });

describe('a preflight', () => {
  it('allows every origin that a client registered, with wildcards and in any letter case', async () => {
    for (const origin of [SPA, OTHER, 'https://a.wild.example', 'https://b.a.wild.example', 'HTTPS://SPA.example']) {
      expect(await preflight(origin), origin).toBe(origin);
    }
  });

  it('allows no other origin', async () => {
    for (const origin of [
      EVIL,
      'null',
      'http://spa.example',
      `${SPA}:8443`,
      'https://wild.example',
      `${SPA}.evil.example`,
    ]) {
      expect(await preflight(origin), origin).toBeNull();
    }
  });

  it('allows the headers of DPoP and MCP clients', async () => {
    const headers = 'authorization,content-type,dpop,mcp-protocol-version,traceparent,tracestate,x-request-id';
    expect(await preflight(SPA, '/userinfo', headers)).toBe(SPA);
  });

  it('allows the origin of a new client at once, and refuses it after the client is deleted', async () => {
    const origin = 'https://brief.example';
    expect(await preflight(origin)).toBeNull();
    const brief = await RelyingParty.register(server, { allowed_cors_origins: [origin] });
    expect(await preflight(origin)).toBe(origin);
    await fetch(`${server.admin}/admin/clients/${brief.clientId}`, { method: 'DELETE' });
    expect(await preflight(origin)).toBeNull();
  });
});

describe('the answer to an inactive token', () => {
  it('can be read, with its challenge, from the origin of its client and from no other', async () => {
    const { access_token: token } = await spa.tokens();
    expect((await userinfo(token, SPA)).status).toBe(200);
    await spa.revoke(token);
    for (const path of ['/userinfo', '/credentials']) {
      const dead = await userinfo(token, SPA, path);
      expect([dead.status, allowed(dead)], path).toEqual([401, SPA]);
      expect(dead.headers.get('access-control-expose-headers')).toMatch(/www-authenticate/i);
      for (const origin of [OTHER, EVIL]) expect(allowed(await userinfo(token, origin, path))).toBeNull();
    }
    expect((await userinfo(token, SPA)).headers.get('www-authenticate')).toMatch(/^Bearer error="invalid_token"/);
  });

  it('can be read from the origins of all clients if the token has no known client', async () => {
    for (const token of ['ory_at_x.y', '']) {
      for (const origin of [SPA, OTHER]) expect(allowed(await userinfo(token, origin))).toBe(origin);
      expect(allowed(await userinfo(token, EVIL))).toBeNull();
    }
  });
});

it('which clients exist is told to no page', async () => {
  const from = async (id: string) =>
    allowed(
      await fetch(`${server.public}/oauth2/token`, {
        method: 'POST',
        headers: { origin: OTHER },
        body: new URLSearchParams({ client_id: id, grant_type: 'authorization_code', code: 'x' }),
      }),
    );
  expect([await from(spa.clientId), await from('nobody')]).toEqual([null, null]);
});
