import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DocumentParty } from '../../support/document-party.js';
import { DocumentSite } from '../../support/document-site.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { send } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';

describe('a client that is known by its document', () => {
  let database: TestDatabase;
  let connection: pg.Client;
  let server: TestServer;
  let other: TestServer;
  let site: DocumentSite;
  let next = 0;

  beforeAll(async () => {
    [database, site] = [await freshDatabase(), await DocumentSite.start()];
    connection = new pg.Client({ connectionString: database.dsn });
    await connection.connect();
    const settings = {
      urls: {
        self: { issuer: 'http://127.0.0.1:9' },
        ...{ login: 'http://ui.example/login', consent: 'http://ui.example/consent' },
      },
      clients: { metadata_documents: { enabled: true } },
      oauth2: { pushed_authorization_requests: { enabled: true } },
    };
    server = await startTestServer(database.dsn, settings);
    other = await startTestServer(database.dsn, settings);
  });
  afterAll(async () => {
    await Promise.all([server.stop(), other.stop(), site.stop(), connection.end()]);
    await database.drop();
  });

  const run = (sql: string, values: unknown[]): Promise<unknown> => connection.query(sql, values);
  const path = (): string => `/tools/${String(next++)}.json`;
  const party = (over: Record<string, unknown> = {}): DocumentParty =>
    new DocumentParty(server, site.publish(path(), over));
  const rows = async (clientId: string): Promise<number> =>
    (await connection.query('select from client where client_id = $1', [clientId])).rowCount ?? 0;
  const isActive = async (token: string): Promise<unknown> => {
    const body = new URLSearchParams({ token });
    return (await send('POST', `${server.admin}/admin/oauth2/introspect`, { body })).json.active;
  };

  it('is shown to both apps with its host, and has a row from its first grant on', async () => {
    const tool = party();
    const until = await tool.walk({}, { until: 'consent' });
    const shown = { url: tool.clientId, host: new URL(tool.clientId).host, fetched_at: expect.any(String) as string };
    for (const asked of [until.login, until.consent]) {
      expect(asked?.client).toMatchObject({ client_name: 'A tool', client_id_metadata_document: shown });
    }
    expect(await rows(tool.clientId)).toBe(0);
    const tokens = await tool.tokens();
    expect([await rows(tool.clientId), await isActive(tokens.access_token)]).toEqual([1, true]);
    expect((await tool.admin('GET')).json).toMatchObject({
      client_id: tool.clientId,
      client_id_metadata_document: shown,
    });
  });

  it('is fetched once for all who come at the same time, and not again while it is fresh', async () => {
    const tool = party();
    await Promise.all(Array.from({ length: 20 }, () => tool.visit()));
    await tool.tokens();
    await tool.visit();
    expect(site.count(new URL(tool.clientId).pathname)).toBe(1);
  });

  it('is taken on by another replica, which fetches nothing', async () => {
    const tool = party();
    const { url } = await tool.walk({}, { until: 'login' });
    tool.browser.server = other;
    const back = await tool.browser.accept('login', url?.searchParams.get('login_challenge') ?? '');
    const { parameters } = await tool.browser.walk(back);
    const { status } = await new DocumentParty(other, tool.clientId).redeem(parameters.code ?? '', {
      code_verifier: tool.verifier,
    });
    expect([status, site.count(new URL(tool.clientId).pathname)]).toEqual([200, 1]);
  });

  it('gets one row of two persons who grant at the same moment', async () => {
    const clientId = site.publish(path());
    const people = ['ada', 'ben'].map(() => new DocumentParty(server, clientId));
    const tokens = await Promise.all(people.map((one) => one.tokens()));
    expect(await Promise.all(tokens.map(({ access_token: token }) => isActive(token)))).toEqual([true, true]);
    expect(await rows(clientId)).toBe(1);
  });

  it('goes on with tokens while its server is down, and begins nothing new once its document is old', async () => {
    const down = await DocumentSite.start();
    const tool = new DocumentParty(server, down.publish('/tool.json'));
    const { parameters } = await tool.walk();
    await down.stop();
    const { json } = await tool.redeem(parameters.code ?? '');
    await tool.outdate(run);
    const refreshed = await tool.refresh(String(json.refresh_token));
    expect(refreshed.status).toBe(200);
    expect((await tool.post('/oauth2/revoke', { token: String(refreshed.json.refresh_token) })).status).toBe(200);
    const refused = await tool.visit();
    expect(refused.headers.get('location') ?? refused.text).toContain('cannot+be+fetched');
    await down.open();
    expect((await tool.visit()).headers.get('location') ?? '').not.toContain('login_challenge'); // ten seconds of rest
  });

  it('that changes is another client to those who consented, and gets a new version on every replica', async () => {
    const at = path();
    const tool = new DocumentParty(server, site.publish(at));
    const first = await tool.walk({}, { answers: { consent: { remember: true } } });
    expect((await tool.redeem(first.parameters.code ?? '')).status).toBe(200);
    expect((await tool.walk()).consent).toMatchObject({ skip: true });
    site.publish(at, { client_name: 'Another tool' });
    await tool.outdate(run);
    const changed = await tool.walk();
    expect(changed.consent).toMatchObject({ skip: false, client: { client_name: 'Another tool' } });
    site.publish(at, { client_name: 'Another tool', redirect_uris: ['https://elsewhere.example/cb'] });
    await tool.outdate(run);
    expect((await tool.visit()).headers.get('location') ?? '').toContain('redirect_uri');
    await expect
      .poll(async () => (await new DocumentParty(other, tool.clientId).visit()).headers.get('location') ?? '')
      .toContain('redirect_uri');
  });

  it('that changes its address of a page alone keeps what people consented to', async () => {
    const at = path();
    const tool = new DocumentParty(server, site.publish(at));
    await tool.walk({}, { answers: { consent: { remember: true } } });
    site.publish(at, { tos_uri: 'https://app.example/terms' });
    await tool.outdate(run);
    expect((await tool.walk()).consent).toMatchObject({ skip: true, client: { tos_uri: 'https://app.example/terms' } });
  });

  it('pushes requests before it has a row', async () => {
    const tool = party();
    const pushed = await tool.post('/oauth2/par', tool.parameters());
    expect(pushed.status).toBe(201);
    const query = { client_id: tool.clientId, request_uri: String(pushed.json.request_uri) };
    const { parameters } = await tool.browser.walk(`/oauth2/auth?${new URLSearchParams(query).toString()}`);
    expect((await tool.redeem(parameters.code ?? '')).status).toBe(200);
  });

  it('begins nothing by a call of its own once its document is old and its server is down', async () => {
    const down = await DocumentSite.start();
    const grants = ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'];
    const tool = new DocumentParty(server, down.publish('/tool.json', { grant_types: grants }));
    const begun = async (): Promise<unknown[]> => [
      (await tool.post('/oauth2/device/auth', { scope: 'openid' })).status,
      (await tool.post('/oauth2/par', tool.parameters())).status,
    ];
    await tool.tokens();
    expect(await begun()).toEqual([200, 201]);
    await down.stop();
    await tool.outdate(run);
    expect(await begun()).toEqual([401, 401]);
  });

  it('begins a device flow by what its document says now', async () => {
    const at = path();
    const grants = ['authorization_code', 'urn:ietf:params:oauth:grant-type:device_code'];
    const tool = new DocumentParty(server, site.publish(at, { grant_types: grants }));
    await tool.walk();
    site.publish(at, { grant_types: ['authorization_code'] });
    await tool.outdate(run);
    expect((await tool.post('/oauth2/device/auth', { scope: 'openid' })).status).toBe(400);
  });

  it('demands S256 of every request', async () => {
    const tool = party();
    const plain = await tool.walk({ code_challenge: undefined, code_challenge_method: undefined });
    expect(plain.parameters).toMatchObject({ error: 'invalid_request' });
    const weak = await tool.walk({ code_challenge: 'a'.repeat(43), code_challenge_method: 'plain' });
    expect(weak.parameters).toMatchObject({ error: 'invalid_request' });
  });

  it('may ask for the scopes of its document that the server lets such clients have, and no other grant', async () => {
    const tool = party({ scope: 'openid photos', grant_types: ['authorization_code', 'client_credentials'] });
    expect((await tool.walk({ scope: 'openid photos' })).parameters).toMatchObject({ error: 'invalid_scope' });
    await tool.tokens({ scope: 'openid' });
    expect((await tool.post('/oauth2/token', { grant_type: 'client_credentials' })).json).toMatchObject({
      error: 'unauthorized_client',
    });
  });

  describe('at the admin API', () => {
    it('is listed among its like, and can be changed in what the document does not say', async () => {
      const tool = party();
      await tool.tokens();
      const list = async (query: string): Promise<string[]> => {
        const { text } = await send('GET', `${server.admin}/admin/clients?page_size=500&${query}`);
        return (JSON.parse(text) as { client_id: string }[]).map(({ client_id: id }) => id);
      };
      expect(await list('metadata_document=true')).toContain(tool.clientId);
      expect(await list('metadata_document=false')).not.toContain(tool.clientId);
      expect((await send('GET', `${server.admin}/admin/clients?metadata_document=yes`)).status).toBe(400);
      expect((await tool.changeOwner()).json).toMatchObject({ owner: expect.stringMatching(/^owner/) as string });
      expect((await tool.admin('PUT', { access_token_lifespan: '1h' }, '/lifespans')).status).toBe(200);
    });

    it.each([
      ['client_name', 'Mine'],
      ['redirect_uris', ['https://mine.example/cb']],
      ['jwks_uri', 'https://mine.example/keys'],
      ['client_secret', 'a-secret-of-mine'],
      ['skip_consent', true],
    ])('keeps its %s: 409', async (member, value) => {
      const tool = party();
      await tool.tokens();
      const { json } = await tool.admin('GET');
      expect((await tool.admin('PUT', { ...json, [member]: value })).status).toBe(409);
      const patch = [{ op: 'add', path: `/${member}`, value }];
      expect((await tool.admin('PATCH', patch)).status).toBe(409);
    });

    it('is deleted with its tokens, and comes again with the next consent', async () => {
      const tool = party();
      const tokens = await tool.tokens();
      expect((await tool.admin('DELETE')).status).toBe(204);
      expect([await isActive(tokens.access_token), (await tool.refresh(tokens.refresh_token)).status]).toEqual([
        false,
        401,
      ]);
      await new DocumentParty(server, tool.clientId).tokens();
      expect((await tool.admin('GET')).status).toBe(200);
    });

    it('is never fetched once it is registered', async () => {
      const clientId = site.publish(path());
      const body = JSON.stringify({ client_id: clientId, redirect_uris: ['https://own.example/cb'] });
      expect((await send('POST', `${server.admin}/admin/clients`, { body })).status).toBe(201);
      const tool = new DocumentParty(server, clientId);
      expect((await tool.visit()).headers.get('location') ?? '').toContain('redirect_uri');
      expect((await tool.admin('GET')).json.client_id_metadata_document).toBeUndefined();
      expect(site.count(new URL(clientId).pathname)).toBe(0);
    });
  });
});
