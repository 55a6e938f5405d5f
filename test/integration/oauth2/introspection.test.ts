import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onDatabase } from '../../support/hydra-database.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { type Answer, RelyingParty, send } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';

describe('introspection on the public listener', () => {
  let database: TestDatabase;
  let open: TestServer;
  let closed: TestServer;

  beforeAll(async () => {
    database = await freshDatabase();
    open = await startTestServer(database.dsn, {
      oauth2: { introspection: { public: true } },
      oidc: { subject_identifiers: { supported_types: ['public', 'pairwise'], pairwise: { salt: 'a-salt-of-tests' } } },
    });
    closed = await startTestServer(database.dsn);
  });
  afterAll(async () => {
    await Promise.all([open.stop(), closed.stop()]);
    await database.drop();
  });

  const ask = (by: RelyingParty, token: string, over: Record<string, string> = {}): Promise<Answer> =>
    send('POST', `${by.server.public}/oauth2/introspect`, {
      body: new URLSearchParams({ token, ...over }),
      headers: { authorization: `Basic ${Buffer.from(`${by.clientId}:${by.secret}`).toString('base64')}` },
    });
  const secret = 'a-secret-of-the-tests';

  it('does not exist unless it is configured, whatever the method', async () => {
    const client = await RelyingParty.register(closed, { client_secret: secret });
    expect((await ask(client.withSecret(secret), 'x')).status).toBe(404);
    expect((await send('GET', `${open.public}/oauth2/introspect`)).status).toBe(404);
  });

  it('returns the same claims as the admin listener for the tokens of the client', async () => {
    const client = (await RelyingParty.register(open, { client_secret: secret })).withSecret(secret);
    const tokens = await client.tokens();
    for (const token of [tokens.access_token, tokens.refresh_token]) {
      const answer = await ask(client, token);
      expect([answer.status, answer.json.active, answer.json.client_id]).toEqual([200, true, client.clientId]);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      const body = new URLSearchParams({ token });
      expect(answer.json).toEqual((await send('POST', `${open.admin}/admin/oauth2/introspect`, { body })).json);
    }
    expect((await ask(client, tokens.access_token, { scope: 'photos.write' })).json).toEqual({ active: false });
    await client.revoke(tokens.access_token);
    expect((await ask(client, tokens.access_token)).json).toEqual({ active: false });
  });

  it('states the configured lifetime of a refresh token that never expires, until it has passed', async () => {
    const endless = await startTestServer(database.dsn, { ttl: { refresh_token: '-1' } });
    const client = await RelyingParty.register(endless);
    const { refresh_token: token } = await client.tokens();
    await endless.stop();
    const introspect = async () => {
      const { json } = await send('POST', `${open.admin}/admin/oauth2/introspect`, {
        body: new URLSearchParams({ token }),
      });
      return {
        active: json.active,
        lifetime: json.exp === undefined ? undefined : Number(json.exp) - Number(json.iat),
      };
    };
    const aged = (days: number) =>
      onDatabase(database.dsn, (connection) =>
        connection.query(`update refresh_chain set issued_at = now() - make_interval(days => ${days})`),
      );
    await aged(29);
    expect(await introspect()).toEqual({ active: true, lifetime: 30 * 86_400 });
    await aged(31);
    expect(await introspect()).toEqual({ active: true, lifetime: undefined });
  });

  it('tells a resource server of access tokens for it, and of no other token', async () => {
    const resource = (await RelyingParty.register(open, { client_secret: secret })).withSecret(secret);
    const client = await RelyingParty.register(open, { audience: [resource.clientId] });
    const tokens = await client.tokens(
      { audience: resource.clientId },
      { grant_access_token_audience: [resource.clientId] },
    );
    expect((await ask(resource, tokens.access_token)).json).toMatchObject({
      ...{ active: true, client_id: client.clientId, aud: [resource.clientId] },
    });
    expect((await ask(resource, tokens.refresh_token)).json).toEqual({ active: false });
    const other = await client.token({ grant_type: 'client_credentials' });
    expect((await ask(resource, other.json.access_token as string)).json).toEqual({ active: false });
  });

  it('shows a pairwise client or resource server only its own subject identifier', async () => {
    const pairwise = { client_secret: secret, subject_type: 'pairwise' };
    const resource = (
      await RelyingParty.register(open, { ...pairwise, redirect_uris: ['https://api.example/cb'] })
    ).withSecret(secret);
    const audience = resource.clientId;
    const client = (await RelyingParty.register(open, { ...pairwise, audience: [audience] })).withSecret(secret);
    const tokens = await client.tokens({ audience }, { grant_access_token_audience: [audience] });
    const [, payload = ''] = tokens.id_token.split('.');
    const { sub } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { sub: string };
    for (const token of [tokens.access_token, tokens.refresh_token]) {
      const { json } = await ask(client, token);
      expect([json.sub, json.obfuscated_subject]).toEqual([sub, undefined]);
    }
    const seen = (await ask(resource, tokens.access_token)).json;
    expect([seen.active, seen.obfuscated_subject]).toEqual([true, undefined]);
    expect(seen.sub).toMatch(/^[0-9a-f]{64}$/);
    expect(seen.sub).not.toBe(sub);
  });

  it('refuses requests without authentication, and public clients', async () => {
    const client = (await RelyingParty.register(open, { client_secret: secret })).withSecret('wrong-secret-of-tests');
    const wrong = await ask(client, 'x');
    expect([wrong.status, wrong.json.error]).toEqual([401, 'invalid_client']);
    expect(wrong.headers.get('www-authenticate')).toMatch(/^Basic/);
    expect(wrong.headers.get('cache-control')).toBe('no-store');
    const app = await RelyingParty.register(open, { token_endpoint_auth_method: 'none', grant_types: ['implicit'] });
    const body = new URLSearchParams({ token: 'x', client_id: app.clientId });
    const unproven = await send('POST', `${open.public}/oauth2/introspect`, { body });
    expect([unproven.status, unproven.json.error]).toEqual([401, 'invalid_client']);
    const unnamed = await send('POST', `${open.public}/oauth2/introspect`, {
      body: new URLSearchParams({ token: 'x' }),
    });
    expect([unnamed.status, unnamed.json.error]).toEqual([400, 'invalid_request']);
  });
});
