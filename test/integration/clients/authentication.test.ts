import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClientsService } from '../../../src/clients/clients.service.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { type Answer, type Json, basic, type RunningServer, startServer } from './server.js';

describe('client authentication', () => {
  let database: TestDatabase;
  let server: RunningServer;
  let replica: RunningServer;
  const created = async (json: object = {}): Promise<Json> =>
    (await server.admin('POST', '/admin/clients', { json })).json;
  const refused = (answer: Answer): void => {
    expect([answer.status, answer.json.error]).toEqual([401, 'invalid_client']);
  };

  beforeAll(async () => {
    database = await freshDatabase();
    server = await startServer(database.dsn);
    replica = await startServer(database.dsn);
  });
  afterAll(async () => {
    await replica.close();
    await server.close();
    await database.drop();
  });

  it('accepts id and secret in the Authorization header, form-urlencoded', async () => {
    const client = await created({ client_id: `id:with %41+ü ${randomUUID()}`, client_secret: 'p%20w+:d&é=12' });
    expect((await server.authenticate({}, basic(client.client_id, client.client_secret))).json).toEqual({
      client_id: client.client_id,
    });
    const raw = Buffer.from(`${encodeURIComponent(client.client_id)}:p%20w+:d&é=12`).toString('base64');
    refused(await server.authenticate({}, { authorization: `Basic ${raw}` }));
  });

  it('accepts a client_id in the body beside the header only if they are equal', async () => {
    const client = await created();
    const headers = basic(client.client_id, client.client_secret);
    expect((await server.authenticate({ client_id: client.client_id }, headers)).status).toBe(200);
    refused(await server.authenticate({ client_id: 'another' }, headers));
  });

  it('answers an unknown client like a wrong secret, with the scheme to use', async () => {
    const client = await created();
    const wrong = await server.authenticate({}, basic(client.client_id, 'wrong-secret'));
    const unknown = await server.authenticate({}, basic(randomUUID(), 'wrong-secret'));
    for (const answer of [wrong, unknown]) {
      refused(answer);
      expect(answer.headers.get('www-authenticate')).toBe('Basic realm="ostiary"');
    }
    expect(unknown.text).toBe(wrong.text);
  });

  it('answers an unknown client like a client of another method, however it authenticates', async () => {
    const ids: string[] = [randomUUID()];
    for (const method of ['client_secret_basic', 'client_secret_post', 'none']) {
      ids.push((await created({ token_endpoint_auth_method: method })).client_id);
    }
    const [nobody = '', basicId = '', postId = '', publicId = ''] = ids;
    const naming = [nobody, basicId, postId].map((id) => server.authenticate({ client_id: id }));
    const inBody = ids.map((id) => server.authenticate({ client_id: id, client_secret: 'wrong-secret' }));
    const inHeader = ids.map((id) => server.authenticate({}, basic(id, 'wrong-secret')));
    const unproven = [nobody, basicId, postId].map((id) => server.authenticate({}, basic(id, '')));
    for (const alike of [naming, inBody, inHeader, unproven]) {
      const answers = await Promise.all(alike);
      answers.forEach(refused);
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
      expect(new Set(answers.map(({ headers }) => headers.get('www-authenticate'))).size).toBe(1);
    }
    expect((await server.authenticate({ client_id: publicId })).status).toBe(200);
  });

  it('accepts id and secret in the body for client_secret_post', async () => {
    const client = await created({ token_endpoint_auth_method: 'client_secret_post' });
    const form = { client_id: client.client_id, client_secret: client.client_secret };
    expect((await server.authenticate(form)).status).toBe(200);
    const wrong = await server.authenticate({ ...form, client_secret: 'wrong-secret' });
    refused(wrong);
    expect(wrong.headers.get('www-authenticate')).toBeNull();
  });

  it('accepts only the registered method', async () => {
    const [basicClient, postClient, publicClient] = [
      await created(),
      await created({ token_endpoint_auth_method: 'client_secret_post' }),
      await created({ token_endpoint_auth_method: 'none', client_secret: 'a-secret-of-its-own' }),
    ];
    const asPost = (c: Json): Record<string, string> => ({
      client_id: c.client_id,
      client_secret: c.client_secret,
    });
    refused(await server.authenticate(asPost(basicClient)));
    refused(await server.authenticate({}, basic(postClient.client_id, postClient.client_secret)));
    refused(await server.authenticate({ client_id: basicClient.client_id }));
    refused(await server.authenticate({}, basic(basicClient.client_id, '')));
    refused(await server.authenticate({}, basic(publicClient.client_id, 'a-secret-of-its-own')));
    refused(await server.authenticate({ client_id: publicClient.client_id, client_secret: 'a-secret-of-its-own' }));
  });

  it('accepts a public client by its client_id alone, in the body or in a header without secret', async () => {
    const client = await created({ token_endpoint_auth_method: 'none' });
    expect((await server.authenticate({ client_id: client.client_id })).status).toBe(200);
    expect((await server.authenticate({}, basic(client.client_id, ''))).status).toBe(200);
    refused(await server.authenticate({ client_id: randomUUID() }));
  });

  it('refuses two methods in one request', async () => {
    const client = await created();
    const headers = basic(client.client_id, client.client_secret);
    refused(await server.authenticate({ client_id: client.client_id, client_secret: client.client_secret }, headers));
    refused(await server.authenticate({ client_secret: client.client_secret }, headers));
    const assertion = {
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: 'x',
    };
    refused(await server.authenticate(assertion, headers));
  });

  it.each([
    [{}, {}],
    [{ client_secret: 'without-id' }, {}],
    [{}, { authorization: 'Basic' }],
    [{}, { authorization: 'Basic !!!' }],
    [{}, { authorization: `Basic ${Buffer.from('no-colon').toString('base64')}` }],
    [{}, { authorization: `Basic ${Buffer.from('a%zz:b').toString('base64')}` }],
    [{}, { authorization: `Basic ${Buffer.from([0x61, 0x3a, 0xff]).toString('base64')}` }],
    [{ client_id: 'a', client_assertion_type: 'urn:example:other', client_assertion: 'x' }, {}],
    [{ client_id: 'a', client_assertion: 'x' }, {}],
    [{ client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' }, {}],
  ] as [Record<string, string>, Record<string, string>][])('calls %j %j invalid_request', async (form, headers) => {
    const answer = await server.authenticate(form, headers);
    expect([answer.status, answer.json.error]).toEqual([400, 'invalid_request']);
  });

  it('answers an impossible client id like an unknown one', async () => {
    for (const id of ['a\u0000b', 'x'.repeat(300), '%F0%9F']) {
      refused(
        await server.authenticate(
          {},
          { authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:secret-secret`).toString('base64')}` },
        ),
      );
    }
  });

  it('applies changes of another replica at once: a new secret, a new method, a new client', async () => {
    const client = await created();
    const headers = basic(client.client_id, client.client_secret);
    expect((await replica.authenticate({}, headers)).status).toBe(200);
    const rotated = (await server.admin('POST', `/admin/clients/${client.client_id}/secrets/rotate`)).json;
    expect((await replica.authenticate({}, basic(client.client_id, rotated.client_secret))).status).toBe(200);
    await server.admin('PUT', `/admin/clients/${client.client_id}`, { json: { token_endpoint_auth_method: 'none' } });
    expect((await replica.authenticate({ client_id: client.client_id })).status).toBe(200);
  });

  it('runs no statement for a client and a secret that it has just verified', async () => {
    const client = await created();
    const headers = basic(client.client_id, client.client_secret);
    await server.authenticate({}, headers);
    const clients = server.get(ClientsService);
    const before = clients.remembered(client.client_id);
    await server.authenticate({}, headers);
    expect(clients.remembered(client.client_id)).toBe(before);
  });
});
