import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { LIFESPAN_NAMES } from '../../../src/clients/client-metadata.js';
import { AdministrationStage, at } from './administration-stage.js';
import { PUBLIC_URL } from './server.js';

const like = (pattern: RegExp): unknown => expect.stringMatching(pattern);

describe('the administration of clients', () => {
  const stage = new AdministrationStage();
  const { authenticates, create, created, read, stored } = stage;

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
      expect((await stage.server.authenticate({ client_id: client.client_id })).json).toEqual({
        client_id: client.client_id,
      });
    });

    it('refuses a used id with 409, and the first client stays unchanged', async () => {
      const first = await created({ client_name: 'first' });
      const second = await create({ client_id: first.client_id, client_name: 'second' });
      expect(second.status).toBe(409);
      expect(second.json.error_description).toContain('client_id');
      expect((await read(first.client_id)).client_name).toBe('first');
    });

    it('succeeds once among many simultaneous requests for the same id', async () => {
      const client_id = randomUUID();
      const answers = await Promise.all(Array.from({ length: 20 }, () => create({ client_id })));
      expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(19).fill(409)]);
    });

    it('accepts ids with any characters that the database can store, and refuses others', async () => {
      const client = await created({ client_id: `a b/ü?%25+${randomUUID()}` });
      expect((await read(client.client_id)).client_id).toBe(client.client_id);
      expect((await stage.server.admin('DELETE', at(client.client_id))).status).toBe(204);
      expect((await create({ client_id: 'é'.repeat(255) })).status).toBe(201);
      for (const client_id of ['x'.repeat(256), 'a\u0000b']) {
        const refused = await create({ client_id });
        expect([refused.status, refused.json.error_description]).toEqual([400, like(/'client_id'/)]);
      }
      expect((await stage.server.admin('GET', `/admin/clients/${'x'.repeat(300)}`)).status).toBe(404);
    });

    it('refuses values that the database cannot store with 400', async () => {
      for (const body of [
        JSON.stringify({ client_name: randomUUID().repeat(100) }),
        JSON.stringify({ owner: 'é'.repeat(800) }),
        `{"metadata":{"n":1${'0'.repeat(140_000)}}}`,
        `{"metadata":${'['.repeat(5_000)}${']'.repeat(5_000)}}`,
        '{"metadata":{"a":"\\u0000"}}',
        '{"metadata":"\\ud800"}',
        '{"contacts":["a",{"b":"\\u0000"}]}',
      ]) {
        const answer = await stage.server.admin('POST', '/admin/clients', { body });
        expect([answer.status, body.slice(0, 30)]).toEqual([400, body.slice(0, 30)]);
        const [field = ''] = Object.keys(JSON.parse(body) as object);
        if (/\\u/.test(body)) expect(answer.json.error_description).toContain(`'${field}'`);
      }
    });

    it.each(['metadata', 'jwks'])('keeps members of %s with names that are special in JavaScript', async (field) => {
      const text = '{"keys":[],"then":1,"toString":2,"__proto__":{"a":1},"constructor":{"b":2}}';
      const { status, json } = await stage.server.admin('POST', '/admin/clients', { body: `{"${field}":${text}}` });
      expect([status, json[field]]).toEqual([201, JSON.parse(text)]);
      expect((await read(json.client_id))[field]).toEqual(JSON.parse(text));
    });

    it('ignores such members in a client document, and still validates the other members', async () => {
      for (const body of [
        '{"constructor":{"a":1},"scope":1}',
        '{"__proto__":{"client_name":"a"},"scope":1}',
        '{"scope":{"constructor":1}}',
        '{"contacts":[{"constructor":1}]}',
      ]) {
        const { status, json } = await stage.server.admin('POST', '/admin/clients', { body });
        expect([status, json.error]).toEqual([400, 'invalid_client_metadata']);
      }
      const inherited = await stage.server.admin('POST', '/admin/clients', {
        body: '{"__proto__":{"client_name":"a"}}',
      });
      expect([inherited.status, inherited.json.client_name]).toEqual([201, '']);
    });

    it('keeps the digits of large integers in metadata', async () => {
      const id = randomUUID();
      const body = `{"client_id":"${id}","metadata":{"big":90071992547409931234567890,"text":"90071992547409931"}}`;
      const big = '"metadata":{"big":90071992547409931234567890,"text":"90071992547409931"}';
      expect((await stage.server.admin('POST', '/admin/clients', { body })).text).toContain(big);
      expect((await stage.server.admin('GET', at(id))).text).toContain(big);
      const patch = [{ op: 'replace', path: '/owner', value: 'o' }];
      expect((await stage.server.admin('PATCH', at(id), { json: patch })).text).toContain(big);
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
      const answer = await stage.server.admin('POST', '/admin/clients', { body });
      expect(answer.status).toBe(400);
      expect(answer.json).toEqual({ error: like(/^/), error_description: like(/.{20}/) });
    });

    it('names the field that is invalid', async () => {
      const answer = await create({ subject_type: 'secret' });
      expect([answer.status, answer.json.error]).toEqual([400, 'invalid_client_metadata']);
      expect(answer.json.error_description).toContain('subject_type');
    });

    it('treats null as a missing field, and ignores unknown fields', async () => {
      const client = await created({ client_name: null, contacts: null, skip_consent: null, jwks: null, no_such: 1 });
      expect([client.client_name, client.contacts, client.skip_consent, client.jwks]).toEqual(['', [], false, {}]);
      expect(client).not.toHaveProperty('no_such');
    });

    it.each(['soon', '1d', 60])('refuses the lifespan %j', async (lifespan) => {
      expect((await create({ refresh_token_grant_access_token_lifespan: lifespan })).status).toBe(400);
    });
  });

  it('answers 400 for a body that is not JSON and 413 for one over the limit, and changes nothing', async () => {
    const client = await created({ client_name: 'n' });
    const tooLong = JSON.stringify({ client_name: 'x'.repeat(10_485_760) });
    for (const [body, status] of [['{"client_name":', 400] as const, [tooLong, 413] as const]) {
      expect((await stage.server.admin('POST', '/admin/clients', { body })).status).toBe(status);
      expect((await stage.server.admin('PUT', at(client.client_id), { body })).status).toBe(status);
      expect((await stage.server.admin('PATCH', at(client.client_id), { body })).status).toBe(status);
    }
    expect((await read(client.client_id)).client_name).toBe('n');
  });

  it('answers 404 with a hint for an unknown client on every route', async () => {
    for (const [method, tail, json] of [
      ['GET', ''],
      ['PUT', '', {}],
      ['PATCH', '', []],
      ['DELETE', ''],
      ['PUT', '/lifespans', {}],
      ['POST', '/secrets/rotate'],
      ['DELETE', '/secrets/rotate'],
    ] as [string, string, unknown?][]) {
      const answer = await stage.server.admin(method, at('nobody', tail), { json });
      expect(answer.status).toBe(404);
      expect(answer.json).toEqual({
        error: 'Unable to locate the resource',
        error_description: like(/ id/),
      });
    }
  });

  it('deletes a client, whose credentials are refused at once, also where the client was cached', async () => {
    const client = await created();
    expect(await authenticates(client.client_id, client.client_secret)).toBe(200);
    const answer = await stage.server.admin('DELETE', at(client.client_id));
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(await authenticates(client.client_id, client.client_secret)).toBe(401);
    expect((await stage.server.admin('DELETE', at(client.client_id))).status).toBe(404);
  });
});
