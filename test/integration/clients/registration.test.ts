import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { type Answer, type Json, basic, bearer, PUBLIC_URL, type RunningServer, startServer } from './server.js';

const like = (pattern: RegExp): unknown => expect.stringMatching(pattern);

describe('dynamic registration', () => {
  let database: TestDatabase;
  let server: RunningServer;
  const register = (json: object = {}): Promise<Answer> => server.public('POST', '/oauth2/register', { json });
  const registered = async (json: object = {}): Promise<Json> => (await register(json)).json;
  const own = (method: string, id: string, token?: string, json?: object): Promise<Answer> =>
    server.public(method, `/oauth2/register/${id}`, { json, headers: token ? bearer(token) : {} });

  beforeAll(async () => {
    database = await freshDatabase();
    server = await startServer(database.dsn, {
      OIDC_SUBJECT_IDENTIFIERS_SUPPORTED_TYPES: 'public,pairwise',
      OIDC_SUBJECT_IDENTIFIERS_PAIRWISE_SALT: 'a-salt-of-the-test',
    });
  });
  afterAll(async () => {
    await server.close();
    await database.drop();
  });

  it('creates a client with id, secret and registration token from the server', async () => {
    const answer = await register({ client_id: 'mine', client_name: 'self made', skip_consent: false });
    expect(answer.status).toBe(201);
    const { client_id: id } = answer.json;
    expect(answer.json).toMatchObject({
      client_id: like(/^[0-9a-f-]{36}$/),
      client_name: 'self made',
      client_secret: like(/^.{26}$/),
      registration_access_token: like(/^ory_at_/),
      registration_client_uri: `${PUBLIC_URL}/oauth2/register/${id}`,
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('location')).toBe(`${PUBLIC_URL}/oauth2/register/${id}`);
    expect((await server.authenticate({}, basic(id, answer.json.client_secret))).status).toBe(200);
  });

  it('lets the client read its own registration, without secrets and the notes of the administrator', async () => {
    const client = await registered({ client_name: 'n' });
    const patch = [{ op: 'add', path: '/metadata/note', value: 'ours' }];
    await server.admin('PATCH', `/admin/clients/${client.client_id}`, { json: patch });
    const answer = await own('GET', client.client_id, client.registration_access_token);
    expect([answer.status, answer.json.client_name]).toEqual([200, 'n']);
    for (const field of ['client_secret', 'registration_access_token', 'metadata']) {
      expect(answer.json).not.toHaveProperty(field);
    }
  });

  it('gives one answer to a missing token, a wrong one, that of another client, and an unknown client', async () => {
    const [client, other] = [await registered(), await registered()];
    const token = client.registration_access_token;
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const json = method === 'PUT' ? {} : undefined;
      const answers = [
        await own(method, client.client_id, undefined, json),
        await own(method, client.client_id, 'nonsense', json),
        await own(method, client.client_id, other.registration_access_token, json),
        await own(method, client.client_id, `${token.slice(0, -1)}${token.endsWith('A') ? 'E' : 'A'}`, json),
        await own(method, '11111111-1111-4111-8111-111111111111', token, json),
        await own(method, 'x'.repeat(300), token, json),
      ];
      expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
      expect(answers[0]?.status).toBe(401);
      expect(answers[0]?.headers.get('www-authenticate')).toMatch(/^Bearer/);
    }
    expect((await own('GET', client.client_id, token)).status).toBe(200);
  });

  it('checks the token before it reads the body', async () => {
    const client = await registered();
    const bodies = [
      undefined,
      '',
      '{',
      '[]',
      'null',
      '"x"',
      '{"redirect_uris":["x#y"]}',
      '{"client_secret":"mine-alone"}',
    ];
    const texts = new Set<string>();
    for (const token of [undefined, 'nonsense', (await registered()).registration_access_token]) {
      for (const body of [...bodies, 'x'.repeat(900_000), 'x'.repeat(2_000_000)]) {
        const headers = token ? bearer(token) : {};
        const answer = await server.public('PUT', `/oauth2/register/${client.client_id}`, { body, headers });
        texts.add(`${answer.status} ${answer.text}`);
      }
    }
    expect([...texts]).toEqual([like(/^401 /)]);
    const broken = { body: '{', headers: bearer(client.registration_access_token) };
    const answer = await server.public('PUT', `/oauth2/register/${client.client_id}`, broken);
    expect([answer.status, answer.json.error]).toEqual([400, 'invalid_client_metadata']);
  });

  it('treats null as left out, also in lists', async () => {
    const json = { client_name: null, contacts: [null, 'a@b.c'], redirect_uris: [null, 'https://a.example/cb', null] };
    const answer = await register({ ...json, jwks: null, grant_types: null, skip_logout_consent: null });
    expect(answer.status).toBe(201);
    expect(answer.json).toMatchObject({ contacts: ['a@b.c'], redirect_uris: ['https://a.example/cb'] });
  });

  it('replaces the client, keeps its secret and gives it a new registration token', async () => {
    const client = await registered({ client_name: 'before', contacts: ['a@b.c'] });
    const answer = await own('PUT', client.client_id, client.registration_access_token, { client_name: 'after' });
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ client_id: client.client_id, client_name: 'after' });
    expect(answer.json).not.toHaveProperty('contacts');
    expect(answer.json.registration_access_token).not.toBe(client.registration_access_token);
    expect((await own('GET', client.client_id, client.registration_access_token)).status).toBe(401);
    expect((await own('GET', client.client_id, answer.json.registration_access_token)).status).toBe(200);
    expect((await server.authenticate({}, basic(client.client_id, client.client_secret))).status).toBe(200);
  });

  it('accepts one of many simultaneous changes with the same token', async () => {
    const client = await registered();
    const change = (i: number): Promise<Answer> =>
      own('PUT', client.client_id, client.registration_access_token, { client_name: `change ${i}` });
    const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => change(i)));
    const won = answers.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(9);
    const now = await own('GET', client.client_id, won[0]?.json.registration_access_token);
    expect(now.json.client_name).toBe(won[0]?.json.client_name);
  });

  it('deletes the client', async () => {
    const client = await registered();
    const answer = await own('DELETE', client.client_id, client.registration_access_token);
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect((await own('GET', client.client_id, client.registration_access_token)).status).toBe(401);
    expect((await server.admin('GET', `/admin/clients/${client.client_id}`)).status).toBe(404);
  });

  it.each([
    [{ client_secret: 'my-own-secret' }, 'The request was malformed or contained invalid parameters'],
    [{ metadata: { a: 1 } }, 'invalid_client_metadata'],
    [{ access_token_strategy: 'jwt' }, 'invalid_client_metadata'],
    [{ skip_consent: true }, 'invalid_client_metadata'],
    [{ skip_logout_consent: true }, 'invalid_client_metadata'],
    [{ owner: 'o' }, 'invalid_client_metadata'],
    [{ client_credentials_grant_access_token_lifespan: '2500000h' }, 'invalid_client_metadata'],
    [{ scope: 'openid admin' }, 'invalid_client_metadata'],
    [{ audience: ['https://api.example'] }, 'invalid_client_metadata'],
    [{ grant_types: ['urn:ietf:params:oauth:grant-type:jwt-bearer'] }, 'invalid_client_metadata'],
    [{ initiate_login_uri: 'http://a.example/login' }, 'invalid_client_metadata'],
    [{ redirect_uris: ['https://a.example/cb#f'] }, 'invalid_redirect_uri'],
    [{ redirect_uris: ['javascript:alert(1)'] }, 'invalid_redirect_uri'],
    [{ subject_type: 'nope' }, 'invalid_client_metadata'],
    [{ client_uri: 'javascript:alert(1)' }, 'invalid_client_metadata'],
  ])('refuses %j with 400', async (json, error) => {
    const answer = await register(json);
    expect([answer.status, answer.json.error]).toEqual([400, error]);
  });

  it('returns set members and the defaults of RFC 7591, and no empty members', async () => {
    const uri = 'https://a.example/login';
    const made = await registered({ redirect_uris: ['https://a.example/cb'], initiate_login_uri: uri });
    const read = await own('GET', made.client_id, made.registration_access_token);
    for (const json of [made, read.json]) {
      expect(json).toMatchObject({
        ...{ grant_types: ['authorization_code'], response_types: ['code'], initiate_login_uri: uri },
        client_secret_expires_at: 0,
      });
      for (const value of Object.values(json)) {
        expect([null, '']).not.toContain(value);
        if (typeof value === 'object') expect(value).not.toEqual(Array.isArray(value) ? [] : {});
      }
    }
  });

  it('gives a client by its own change nothing more than an administrator did, however often', async () => {
    const powers = { grant_types: ['client_credentials'], response_types: ['code'], scope: 'read', owner: 'ops' };
    const set = { ...powers, audience: ['https://a.example'], skip_consent: true, metadata: { note: 'ours' } };
    const made = (await server.admin('POST', '/admin/clients', { json: set })).json;
    const read = async (): Promise<Json> => (await server.admin('GET', `/admin/clients/${made.client_id}`)).json;
    let token = made.registration_access_token;
    for (const name of ['first', 'second']) {
      for (const more of [{ scope: 'read openid' }, { audience: ['https://b.example'] }, { owner: 'me' }]) {
        expect((await own('PUT', made.client_id, token, more)).status).toBe(400);
      }
      const answer = await own('PUT', made.client_id, token, { client_name: name });
      expect([answer.status, answer.json.client_name]).toEqual([200, name]);
      token = answer.json.registration_access_token;
      expect(await read()).toMatchObject({ ...set, client_name: name });
    }
  });

  it('takes what an administrator said of a client that registered itself for the last word', async () => {
    const made = await registered({ scope: 'openid profile' });
    const patch = [{ op: 'replace', path: '/scope', value: 'openid' }];
    await server.admin('PATCH', `/admin/clients/${made.client_id}`, { json: patch });
    const answer = await own('PUT', made.client_id, made.registration_access_token, { scope: 'openid profile' });
    expect(answer.status).toBe(400);
    const note = [{ op: 'add', path: '/metadata/note', value: 'ours' }];
    const other = await registered({ scope: 'openid' });
    await server.admin('PATCH', `/admin/clients/${other.client_id}`, { json: note });
    const wider = await own('PUT', other.client_id, other.registration_access_token, { scope: 'openid profile' });
    expect([wider.status, wider.json['scope']]).toEqual([200, 'openid profile']);
  });

  it('does not make public what an administrator made pairwise', async () => {
    const { client_id: id, registration_access_token: token } = await registered();
    const patch = [{ op: 'replace', path: '/subject_type', value: 'pairwise' }];
    await server.admin('PATCH', `/admin/clients/${id}`, { json: patch });
    expect((await own('PUT', id, token, { subject_type: 'public' })).status).toBe(400);
    const left = await own('PUT', id, token, {});
    expect([left.status, left.json['subject_type']]).toEqual([200, 'pairwise']);
  });

  it('refuses metadata, even if it is null', async () => {
    const answer = await server.public('POST', '/oauth2/register', { body: '{"metadata":null}' });
    expect([answer.status, answer.json.error]).toEqual([400, 'invalid_client_metadata']);
  });

  it('refuses a secret in a change with 403', async () => {
    const client = await registered();
    const json = { client_secret: 'my-own-secret' };
    expect((await own('PUT', client.client_id, client.registration_access_token, json)).status).toBe(403);
  });

  it('refuses private addresses that the server would call', async () => {
    for (const host of ['127.0.0.1', '10.0.0.1', '169.254.169.254', '[::1]', 'localhost']) {
      const answer = await register({ jwks_uri: `https://${host}/jwks` });
      expect([answer.status, answer.json.error_description]).toEqual([400, expect.stringContaining('jwks_uri')]);
    }
    const made = (await server.admin('POST', '/admin/clients', { json: { jwks_uri: 'http://127.0.0.1/jwks' } })).json;
    const json = { backchannel_logout_uri: 'http://127.0.0.1/out' };
    expect((await own('PUT', made.client_id, made.registration_access_token, json)).status).toBe(400);
  });

  it('works for a client of the administrator, whose changes keep the registration token', async () => {
    const client = (await server.admin('POST', '/admin/clients', { json: { owner: 'o' } })).json;
    const token = client.registration_access_token;
    await server.admin('PUT', `/admin/clients/${client.client_id}`, { json: { owner: 'p' } });
    await server.admin('PATCH', `/admin/clients/${client.client_id}`, { json: [] });
    await server.admin('PUT', `/admin/clients/${client.client_id}/lifespans`, { json: {} });
    await server.admin('POST', `/admin/clients/${client.client_id}/secrets/rotate`);
    expect((await own('GET', client.client_id, token)).status).toBe(200);
  });

  it('exists on the public listener only', async () => {
    expect((await server.admin('POST', '/oauth2/register', { json: {} })).status).toBe(404);
  });

  describe('with an initial access token and a limit', () => {
    const token = 'an-initial-access-token';
    let limited: RunningServer;
    let replica: RunningServer;
    const registerWith = (sent?: string): Promise<Answer> =>
      limited.public('POST', '/oauth2/register', { json: {}, headers: sent ? bearer(sent) : {} });

    beforeAll(async () => {
      const env = {
        OIDC_DYNAMIC_CLIENT_REGISTRATION_INITIAL_ACCESS_TOKEN: token,
        OIDC_DYNAMIC_CLIENT_REGISTRATION_MAX_REGISTRATIONS_PER_ADDRESS: '4',
      };
      limited = await startServer(database.dsn, env);
      replica = await startServer(database.dsn, env);
    });
    afterAll(() => Promise.all([limited.close(), replica.close()]));

    it('registers for the token alone, and so often from one address, whichever replica is asked', async () => {
      for (const wrong of [undefined, 'another-initial-token', `${token}x`]) {
        const refused = await registerWith(wrong);
        expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="ostiary"']);
      }
      const answer = await registerWith(token);
      expect(answer.status).toBe(201);
      const own = bearer(answer.json.registration_access_token);
      expect((await limited.public('GET', `/oauth2/register/${answer.json.client_id}`, { headers: own })).status).toBe(
        200,
      );

      for (const server of [replica, limited]) {
        const tooMany = await server.public('POST', '/oauth2/register', { json: {}, headers: bearer(token) });
        expect([tooMany.status, tooMany.json.error]).toEqual([429, 'temporarily_unavailable']);
        expect(Number(tooMany.headers.get('retry-after'))).toBeGreaterThan(0);
      }
    });
  });

  it('does not exist if it is disabled, whatever the request', async () => {
    const off = await startServer(database.dsn, { OIDC_DYNAMIC_CLIENT_REGISTRATION_ENABLED: 'false' });
    try {
      for (const [method, path] of [
        ['POST', ''],
        ['GET', '/a'],
        ['PUT', '/a'],
        ['DELETE', '/a'],
      ] as const) {
        const body = method === 'POST' || method === 'PUT' ? '{bad' : undefined;
        const answer = await off.public(method, `/oauth2/register${path}`, { body });
        expect([answer.status, answer.json.error]).toEqual([404, 'The requested resource could not be found']);
      }
    } finally {
      await off.close();
    }
  });
});
