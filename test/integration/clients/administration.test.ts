import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DataSource } from 'typeorm';
import { ClientStore } from '../../../src/clients/client-store.js';
import { LIFESPAN_NAMES } from '../../../src/clients/client-metadata.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { type Answer, type Json, basic, bearer, PUBLIC_URL, type RunningServer, startServer } from './server.js';

const like = (pattern: RegExp): unknown => expect.stringMatching(pattern);

describe('the administration of clients', () => {
  let database: TestDatabase;
  let server: RunningServer;
  const create = (json: object = {}): Promise<Answer> => server.admin('POST', '/admin/clients', { json });
  const created = async (json: object = {}): Promise<Json> => {
    const answer = await create(json);
    expect([answer.status, answer.text.slice(0, 300)]).toEqual([201, like(/^/)]);
    return answer.json;
  };
  const at = (id: string, tail = ''): string => `/admin/clients/${encodeURIComponent(id)}${tail}`;
  const read = async (id: string): Promise<Json> => (await server.admin('GET', at(id))).json;
  const authenticates = async (id: string, secret: string): Promise<number> =>
    (await server.authenticate({}, basic(id, secret))).status;

  /** The row as text. */
  const stored = async (id: string): Promise<string> => {
    const sql = 'select client::text as text from client where client_id = $1';
    const [row] = await server.get(DataSource).query<{ text: string }[]>(sql, [id]);
    return row?.text ?? '';
  };

  beforeAll(async () => {
    database = await freshDatabase();
    server = await startServer(database.dsn);
  });
  afterAll(async () => {
    await server.close();
    await database.drop();
  });

  describe('create', () => {
    it('fills an empty document with the documented defaults', async () => {
      const answer = await create();
      expect(answer.status).toBe(201);
      expect(answer.headers.get('location')).toBe(`/admin/clients/${answer.json.client_id}`);
      expect(answer.json).toEqual({
        client_id: like(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
        client_name: '',
        client_secret: like(/^[A-Za-z0-9._~-]{26}$/),
        client_secret_expires_at: 0,
        redirect_uris: [],
        grant_types: [],
        response_types: [],
        scope: 'offline_access offline openid',
        audience: [],
        owner: '',
        policy_uri: '',
        tos_uri: '',
        client_uri: '',
        logo_uri: '',
        allowed_cors_origins: [],
        contacts: [],
        subject_type: 'public',
        jwks: {},
        token_endpoint_auth_method: 'client_secret_basic',
        userinfo_signed_response_alg: 'none',
        metadata: {},
        skip_consent: false,
        skip_logout_consent: null,
        ...Object.fromEntries(LIFESPAN_NAMES.map((name) => [name, null])),
        created_at: like(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        updated_at: like(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
        registration_access_token: like(/^ory_at_/),
        registration_client_uri: `${PUBLIC_URL}/oauth2/register/${answer.json.client_id}`,
      });
    });

    it('shows secret and registration token once and never stores them', async () => {
      const client = await created({ client_secret: 'my-own-secret' });
      expect(client.client_secret).toBe('my-own-secret');
      const again = await read(client.client_id);
      expect(Object.keys(again)).not.toContain('client_secret');
      expect(Object.keys(again)).not.toContain('registration_access_token');
      const row = await stored(client.client_id);
      expect(row).toContain('$pbkdf2-sha256$i=100,l=32$');
      expect(row).not.toContain('my-own-secret');
      expect(row).not.toContain(client.registration_access_token);
    });

    it('gives a public client no secret', async () => {
      const client = await created({ token_endpoint_auth_method: 'none' });
      expect(client).not.toHaveProperty('client_secret');
      expect((await server.authenticate({ client_id: client.client_id })).json).toEqual({
        client_id: client.client_id,
      });
    });

    it('refuses an id that is taken with 409, and the first client stays', async () => {
      const first = await created({ client_name: 'first' });
      const second = await create({ client_id: first.client_id, client_name: 'second' });
      expect(second.status).toBe(409);
      expect(second.json.error_description).toContain('client_id');
      expect((await read(first.client_id)).client_name).toBe('first');
    });

    it('lets one of many simultaneous creations of an id win', async () => {
      const client_id = randomUUID();
      const answers = await Promise.all(Array.from({ length: 20 }, () => create({ client_id })));
      expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(19).fill(409)]);
    });

    it('takes ids with any characters, and refuses those that the database cannot hold', async () => {
      const client = await created({ client_id: `a b/ü?%25+${randomUUID()}` });
      expect((await read(client.client_id)).client_id).toBe(client.client_id);
      expect((await server.admin('DELETE', at(client.client_id))).status).toBe(204);
      expect((await create({ client_id: 'é'.repeat(255) })).status).toBe(201);
      for (const client_id of ['x'.repeat(256), 'a\u0000b']) {
        const refused = await create({ client_id });
        expect([refused.status, refused.json.error_description]).toEqual([400, like(/'client_id'/)]);
      }
      expect((await server.admin('GET', `/admin/clients/${'x'.repeat(300)}`)).status).toBe(404);
    });

    it('refuses values that are too large for the database with 400', async () => {
      for (const body of [
        JSON.stringify({ client_name: randomUUID().repeat(100) }),
        JSON.stringify({ owner: 'é'.repeat(800) }),
        `{"metadata":{"n":1${'0'.repeat(140_000)}}}`,
        `{"metadata":${'['.repeat(5_000)}${']'.repeat(5_000)}}`,
        '{"metadata":{"a":"\\u0000"}}',
        '{"metadata":"\\ud800"}',
        '{"contacts":["a",{"b":"\\u0000"}]}',
      ]) {
        const answer = await server.admin('POST', '/admin/clients', { body });
        expect([answer.status, body.slice(0, 30)]).toEqual([400, body.slice(0, 30)]);
        const [field = ''] = Object.keys(JSON.parse(body) as object);
        if (/\\u/.test(body)) expect(answer.json.error_description).toContain(`'${field}'`);
      }
    });

    it.each(['metadata', 'jwks'])('keeps members of %s that JavaScript has a use for', async (field) => {
      const text = '{"keys":[],"then":1,"toString":2,"__proto__":{"a":1},"constructor":{"b":2}}';
      const { status, json } = await server.admin('POST', '/admin/clients', { body: `{"${field}":${text}}` });
      expect([status, json[field]]).toEqual([201, JSON.parse(text)]);
      expect((await read(json.client_id))[field]).toEqual(JSON.parse(text));
    });

    it('takes no such member for one of its own, and validates what stands beside it', async () => {
      for (const body of [
        '{"constructor":{"a":1},"scope":1}',
        '{"__proto__":{"client_name":"a"},"scope":1}',
        '{"scope":{"constructor":1}}',
        '{"contacts":[{"constructor":1}]}',
      ]) {
        const { status, json } = await server.admin('POST', '/admin/clients', { body });
        expect([status, json.error]).toEqual([400, 'invalid_client_metadata']);
      }
      const inherited = await server.admin('POST', '/admin/clients', { body: '{"__proto__":{"client_name":"a"}}' });
      expect([inherited.status, inherited.json.client_name]).toEqual([201, '']);
    });

    it('keeps the digits of large integers in metadata', async () => {
      const id = randomUUID();
      const body = `{"client_id":"${id}","metadata":{"big":90071992547409931234567890,"text":"90071992547409931"}}`;
      const big = '"metadata":{"big":90071992547409931234567890,"text":"90071992547409931"}';
      expect((await server.admin('POST', '/admin/clients', { body })).text).toContain(big);
      expect((await server.admin('GET', at(id))).text).toContain(big);
      const patch = [{ op: 'replace', path: '/owner', value: 'o' }];
      expect((await server.admin('PATCH', at(id), { json: patch })).text).toContain(big);
    });

    it.each([[null], [7], ['text'], [[1, { a: null }]], [{ a: { b: [] } }]])(
      'keeps metadata %j as sent',
      async (metadata) => {
        expect((await read((await created({ metadata })).client_id)).metadata).toEqual(metadata);
      },
    );

    it.each([
      '{bad',
      '',
      '[]',
      '7',
      '{"grant_types":"x"}',
      '{"skip_consent":"yes"}',
      '{"client_name":7}',
      '{"contacts":[1]}',
    ])('refuses the body %j with 400 and a hint', async (body) => {
      const answer = await server.admin('POST', '/admin/clients', { body });
      expect(answer.status).toBe(400);
      expect(answer.json).toEqual({ error: like(/^/), error_description: like(/.{20}/) });
    });

    it('names the field that is invalid', async () => {
      const answer = await create({ subject_type: 'secret' });
      expect([answer.status, answer.json.error]).toEqual([400, 'invalid_client_metadata']);
      expect(answer.json.error_description).toContain('subject_type');
    });

    it('takes null for a field that is not given and ignores unknown fields', async () => {
      const client = await created({ client_name: null, contacts: null, skip_consent: null, jwks: null, no_such: 1 });
      expect([client.client_name, client.contacts, client.skip_consent, client.jwks]).toEqual(['', [], false, {}]);
      expect(client).not.toHaveProperty('no_such');
    });

    it.each(['soon', '1d', 60])('refuses the lifespan %j', async (lifespan) => {
      expect((await create({ refresh_token_grant_access_token_lifespan: lifespan })).status).toBe(400);
    });
  });

  describe('replace', () => {
    it('resets what is left out and keeps id, creation, secret and registration token', async () => {
      const client = await created({
        ...{ owner: 'o', contacts: ['a@b.c'], metadata: { a: 1 }, skip_consent: true, skip_logout_consent: false },
        client_credentials_grant_access_token_lifespan: '5m0s',
      });
      expect(client.skip_logout_consent).toBe(false);
      const json = { client_id: 'another', client_name: 'after', created_at: '2001-01-01T00:00:00Z' };
      const answer = await server.admin('PUT', at(client.client_id), { json });
      expect(answer.status).toBe(200);
      expect(answer.json).not.toHaveProperty('client_secret');
      expect(answer.json).toMatchObject({
        ...{ client_id: client.client_id, client_name: 'after', owner: '', contacts: [], metadata: {} },
        ...{ skip_consent: false, skip_logout_consent: null, created_at: client.created_at },
        client_credentials_grant_access_token_lifespan: null,
      });
      expect(await read(client.client_id)).toEqual(answer.json);
      expect(await authenticates(client.client_id, client.client_secret)).toBe(200);
      const own = await server.public('GET', `/oauth2/register/${client.client_id}`, {
        headers: bearer(client.registration_access_token),
      });
      expect(own.status).toBe(200);
    });

    it('takes back the document that was read, with jwks {} beside a jwks_uri', async () => {
      const client = await created({ redirect_uris: ['https://a.example/cb'] });
      const json = { ...(await read(client.client_id)), jwks_uri: 'https://a.example/jwks' };
      const answer = await server.admin('PUT', at(client.client_id), { json });
      expect([answer.status, answer.json.jwks_uri, answer.json.jwks]).toEqual([200, 'https://a.example/jwks', {}]);
    });

    it('sets a new secret, shows it once, and ends the rotated ones', async () => {
      const client = await created();
      const rotated = (await server.admin('POST', at(client.client_id, '/secrets/rotate'))).json;
      const answer = await server.admin('PUT', at(client.client_id), { json: { client_secret: 'brand-new-secret' } });
      expect(answer.json.client_secret).toBe('brand-new-secret');
      for (const [secret, status] of [
        [client.client_secret, 401],
        [rotated.client_secret, 401],
        ['brand-new-secret', 200],
      ] as const) {
        expect(await authenticates(client.client_id, secret)).toBe(status);
      }
    });

    it('gives a client that was public a secret when it is public no longer', async () => {
      const client = await created({ token_endpoint_auth_method: 'none' });
      const answer = await server.admin('PUT', at(client.client_id), { json: {} });
      expect(await authenticates(client.client_id, answer.json.client_secret)).toBe(200);
      expect((await server.admin('PUT', at(client.client_id), { json: {} })).json).not.toHaveProperty('client_secret');
    });

    it('never creates', async () => {
      const id = randomUUID();
      expect((await server.admin('PUT', at(id), { json: {} })).status).toBe(404);
      expect((await server.admin('GET', at(id))).status).toBe(404);
    });

    it('changes nothing when it is refused', async () => {
      const client = await created({ client_name: 'before' });
      const json = { client_name: 'after', subject_type: 'nope' };
      expect((await server.admin('PUT', at(client.client_id), { json })).status).toBe(400);
      expect((await read(client.client_id)).client_name).toBe('before');
    });
  });

  describe('patch', () => {
    const patch = (id: string, ...operations: unknown[]): Promise<Answer> =>
      server.admin('PATCH', at(id), { json: operations });

    it('changes single fields and leaves the rest', async () => {
      const client = await created({ owner: 'o', metadata: { a: 1, b: 2 }, redirect_uris: ['https://a.example/cb'] });
      const answer = await patch(
        client.client_id,
        { op: 'replace', path: '/client_name', value: 'patched' },
        { op: 'add', path: '/redirect_uris/-', value: 'https://a.example/other' },
        { op: 'remove', path: '/metadata/a' },
        { op: 'add', path: '/metadata/c', value: { d: true } },
      );
      expect(answer.status).toBe(200);
      expect(answer.json).toMatchObject({
        ...{ client_name: 'patched', owner: 'o', metadata: { b: 2, c: { d: true } } },
        redirect_uris: ['https://a.example/cb', 'https://a.example/other'],
      });
      expect(answer.json).not.toHaveProperty('client_secret');
      expect(await read(client.client_id)).toEqual(answer.json);
      expect(await authenticates(client.client_id, client.client_secret)).toBe(200);
    });

    it('keeps all of a client when it changes nothing', async () => {
      const keys = { skip_logout_consent: false, access_token_strategy: 'JWT', audience: ['x'] };
      const client = await created({ ...keys, implicit_grant_id_token_lifespan: '1.5s', metadata: null });
      const before = await read(client.client_id);
      const answer = await patch(client.client_id);
      expect({ ...answer.json, updated_at: 0 }).toEqual({ ...before, updated_at: 0 });
      expect([before.access_token_strategy, before.implicit_grant_id_token_lifespan]).toEqual(['jwt', '1.5s']);
    });

    it('sets a new secret by a field that is not in the document', async () => {
      const client = await created();
      const answer = await patch(client.client_id, { op: 'replace', path: '/client_secret', value: 'patched-secret' });
      expect(answer.json.client_secret).toBe('patched-secret');
      expect(await authenticates(client.client_id, client.client_secret)).toBe(401);
      expect(await authenticates(client.client_id, 'patched-secret')).toBe(200);
    });

    it('refuses what it may not touch, and changes nothing', async () => {
      const client = await created({ client_name: 'n' });
      for (const path of ['/client_id', '/CLIENT_ID', '/id', '/rotated_secrets', '/RotatedSecrets']) {
        const name = { op: 'replace', path: '/client_name', value: 'changed' };
        expect((await patch(client.client_id, name, { op: 'replace', path, value: 'x' })).status).toBe(400);
      }
      expect((await read(client.client_id)).client_name).toBe('n');
    });

    it('looks for the client first', async () => {
      expect((await server.admin('PATCH', at(randomUUID()), { json: { op: 'nonsense' } })).status).toBe(404);
    });

    it('loses none of many simultaneous patches, and writes each once', async () => {
      const client = await created();
      const update = vi.spyOn(server.get(ClientStore), 'update');
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, i) =>
          patch(client.client_id, { op: 'add', path: '/contacts/-', value: `c${i}` }),
        ),
      );
      expect(answers.map(({ status }) => status)).toEqual(Array<number>(50).fill(200));
      expect(update).toHaveBeenCalledTimes(50);
      update.mockRestore();
      const { contacts } = await read(client.client_id);
      expect(contacts.toSorted()).toEqual(Array.from({ length: 50 }, (_, i) => `c${i}`).toSorted());
    });

    it('loses none of the patches of two replicas', async () => {
      const { client_id } = await created();
      const replica = await startServer(database.dsn);
      try {
        const answers = await Promise.all(
          Array.from({ length: 30 }, (_, i) => {
            const json = [{ op: 'add', path: '/contacts/-', value: `c${i}` }];
            return (i % 2 ? server : replica).admin('PATCH', at(client_id), { json });
          }),
        );
        expect(answers.map(({ status }) => status)).toEqual(Array<number>(30).fill(200));
        expect((await read(client_id)).contacts).toHaveLength(30);
      } finally {
        await replica.close();
      }
    });
  });

  describe('lifespans', () => {
    it('are replaced as a whole, in canonical form, and nothing else changes', async () => {
      const client = await created({ owner: 'o', refresh_token_grant_id_token_lifespan: '2h' });
      const json = { client_credentials_grant_access_token_lifespan: '90s', implicit_grant_id_token_lifespan: '31h' };
      const answer = await server.admin('PUT', at(client.client_id, '/lifespans'), { json });
      expect(answer.json).toMatchObject({
        client_credentials_grant_access_token_lifespan: '1m30s',
        implicit_grant_id_token_lifespan: '31h0m0s',
        refresh_token_grant_id_token_lifespan: null,
        owner: 'o',
      });
      expect(await read(client.client_id)).toEqual(answer.json);
      const row = await stored(client.client_id);
      expect(row).toContain('""client_credentials_grant_access_token_lifespan"": 90}');
    });
  });

  describe('rotation', () => {
    it('keeps the current and the five secrets before it, and ends the seventh', async () => {
      const client = await created();
      const secrets = [client.client_secret];
      for (let i = 0; i < 6; i++) {
        const answer = await server.admin('POST', at(client.client_id, '/secrets/rotate'));
        expect(answer.status).toBe(200);
        secrets.push(answer.json.client_secret);
      }
      const statuses = await Promise.all(secrets.map((secret) => authenticates(client.client_id, secret)));
      expect(statuses).toEqual([401, 200, 200, 200, 200, 200, 200]);
      const ended = await server.admin('DELETE', at(client.client_id, '/secrets/rotate'));
      expect([ended.status, 'client_secret' in ended.json]).toEqual([200, false]);
      const after = await Promise.all(secrets.map((secret) => authenticates(client.client_id, secret)));
      expect(after).toEqual([401, 401, 401, 401, 401, 401, 200]);
    });

    it('of many at the same time gives each caller a secret that works', async () => {
      const client = await created();
      const rotate = (): Promise<Answer> => server.admin('POST', at(client.client_id, '/secrets/rotate'));
      const answers = await Promise.all(Array.from({ length: 5 }, rotate));
      const secrets = [client, ...answers.map(({ json }) => json)].map((one) => one.client_secret);
      expect(new Set(secrets).size).toBe(6);
      const statuses = await Promise.all(secrets.map((secret) => authenticates(client.client_id, secret)));
      expect(statuses).toEqual(Array<number>(6).fill(200));
    });

    it.each(['none', 'private_key_jwt'])('is refused to clients with %s', async (method) => {
      const client = await created({ token_endpoint_auth_method: method, jwks_uri: 'https://a.example/jwks' });
      for (const verb of ['POST', 'DELETE']) {
        const answer = await server.admin(verb, at(client.client_id, '/secrets/rotate'));
        expect([answer.status, answer.json.error_description]).toEqual([400, expect.stringContaining(method)]);
      }
    });
  });

  it('answers 400 for a body that is no JSON and 413 for one over the limit, and changes nothing', async () => {
    const client = await created({ client_name: 'n' });
    const tooLong = JSON.stringify({ client_name: 'x'.repeat(10_485_760) });
    for (const [body, status] of [['{"client_name":', 400] as const, [tooLong, 413] as const]) {
      expect((await server.admin('POST', '/admin/clients', { body })).status).toBe(status);
      expect((await server.admin('PUT', at(client.client_id), { body })).status).toBe(status);
      expect((await server.admin('PATCH', at(client.client_id), { body })).status).toBe(status);
    }
    expect((await read(client.client_id)).client_name).toBe('n');
  });

  it('answers 404 with a hint for an unknown client, whatever is asked', async () => {
    for (const [method, tail, json] of [
      ['GET', ''],
      ['PUT', '', {}],
      ['PATCH', '', []],
      ['DELETE', ''],
      ['PUT', '/lifespans', {}],
      ['POST', '/secrets/rotate'],
      ['DELETE', '/secrets/rotate'],
    ] as [string, string, unknown?][]) {
      const answer = await server.admin(method, at('nobody', tail), { json });
      expect(answer.status).toBe(404);
      expect(answer.json).toEqual({
        error: 'Unable to locate the resource',
        error_description: like(/ id/),
      });
    }
  });

  it('deletes a client: its credentials are dead at once, also where it was cached', async () => {
    const client = await created();
    expect(await authenticates(client.client_id, client.client_secret)).toBe(200);
    const answer = await server.admin('DELETE', at(client.client_id));
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(await authenticates(client.client_id, client.client_secret)).toBe(401);
    expect((await server.admin('DELETE', at(client.client_id))).status).toBe(404);
  });
});
