import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { RelyingParty, send } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';

describe('the client credentials grant (RFC 6749 §4.4)', () => {
  let database: TestDatabase;
  let server: TestServer;

  beforeAll(async () => {
    database = await freshDatabase();
    server = await startTestServer(database.dsn);
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  const GRANT = { grant_type: 'client_credentials' };

  it('issues an access token and no refresh token, whatever the requested scope', async () => {
    const client = await RelyingParty.register(server, { scope: 'offline_access photos.read' });
    const { status, json, headers } = await client.token({ ...GRANT, scope: 'offline_access photos.read' });
    expect([status, json.token_type, json.scope]).toEqual([200, 'bearer', 'offline_access photos.read']);
    expect(Object.keys(json).sort()).toEqual(['access_token', 'expires_in', 'scope', 'token_type']);
    expect(headers.get('cache-control')).toContain('no-store');
    expect(await client.isActive(json.access_token as string)).toBe(true);
  });

  it('grants only requested scopes', async () => {
    const client = await RelyingParty.register(server);
    expect((await client.token(GRANT)).json.scope).toBe('');
  });

  it.each<[string, Record<string, unknown>, Record<string, string>, string]>([
    ['a scope that it did not register', { scope: 'photos.read' }, { scope: 'photos.write' }, 'invalid_scope'],
    ['an audience that it did not register', {}, { audience: 'https://api.example' }, 'invalid_request'],
    ['the grant that it did not register', { grant_types: ['authorization_code'] }, {}, 'unauthorized_client'],
    ['a token without proof of itself', { token_endpoint_auth_method: 'none' }, {}, 'invalid_client'],
  ])('refuses a client %s', async (_, registered, asked, error) => {
    const client = await RelyingParty.register(server, registered);
    const { status, json } = await client.token({ ...GRANT, ...asked });
    expect(json.access_token).toBeUndefined();
    expect([status >= 400, json.error]).toEqual([true, error]);
  });

  it('issues tokens with the client and the audience', async () => {
    const api = 'https://api.example';
    const client = await RelyingParty.register(server, { audience: [api] });
    const { json } = await client.token({ ...GRANT, audience: api });
    const body = new URLSearchParams({ token: json.access_token as string });
    const { json: said } = await send('POST', `${server.admin}/admin/oauth2/introspect`, { body });
    expect(said).toMatchObject({ active: true, client_id: client.clientId, sub: client.clientId, aud: [api] });
  });

  it.each(['-24h', '-876000h', '-2000000h'])(
    'a lifespan of %s gives a token that has expired, and make no partition of a day that is over',
    async (life) => {
      const secret = { client_secret: 'a-secret-of-the-tests' };
      const registered = await RelyingParty.register(server, {
        ...secret,
        client_credentials_grant_access_token_lifespan: life,
      });
      const client = registered.withSecret(secret.client_secret);
      const today = Math.floor(Date.now() / 86_400_000);
      const { status, json } = await client.token({ grant_type: 'client_credentials' });
      expect([status, json.expires_in]).toEqual([200, 0]);
      expect(await client.isActive(json.access_token as string)).toBe(false);
      expect((await partitions()).filter((day) => day > 0 && day < today)).toEqual([]);
    },
  );

  /** The days of the partitions; 0 is the partition of the longest-lived tokens. */
  async function partitions(): Promise<number[]> {
    const sql = new pg.Client(database.dsn);
    await sql.connect();
    const { rows } = await sql.query<{ day: number }>(
      "select substring(relname from '[0-9]+$')::integer as day from pg_class where relname ~ '^access_token_[0-9]+$'",
    );
    await sql.end();
    return rows.map(({ day }) => day);
  }
});
