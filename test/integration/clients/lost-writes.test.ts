import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ClientStore } from '../../../src/clients/client-store.js';
import { CutProxy, type Moment } from '../../support/cut-proxy.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { type Answer, RelyingParty, send } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { startServer } from './server.js';

const TIMES = 20;
/** Fewer attempts, because hashing takes time. */
const SECRETS = 5;
const MOMENTS: Moment[] = ['before it arrives', 'while it runs', 'after it is done'];

/** The connection to PostgreSQL breaks during the statement that writes a client. */
describe('a lost connection', () => {
  let database: TestDatabase;
  let proxy: CutProxy;
  let reached: string;
  let server: TestServer;
  let client: RelyingParty;

  beforeAll(async () => {
    database = await freshDatabase();
    ({ proxy, dsn: reached } = await CutProxy.beforePostgres(database.dsn));
    server = await startTestServer(reached, { oidc: { dynamic_client_registration: { enabled: true } } });
    client = await RelyingParty.register(server);
  });
  afterEach(() => {
    proxy.forget();
  });
  afterAll(async () => {
    await server.stop();
    await proxy.stop();
    await database.drop();
  });

  it('does not take the change of another request for its own, even in the same millisecond', async () => {
    const room = await startServer(reached);
    const store = room.get(ClientStore);
    const before = await store.find(client.clientId);
    if (!before) throw new Error('The client is gone.');
    const now = new Date();
    const theirs = await store.update(Object.assign({}, before, { name: 'theirs' }), now);
    expect(theirs?.name).toBe('theirs');
    const struck = proxy.cutNext('client_update', 'before it arrives');
    expect(await store.update(Object.assign({}, before, { name: 'ours' }), now)).toBeUndefined();
    await struck;
    await room.close();
  });

  describe.each(MOMENTS)('%s', (moment) => {
    async function losing(statement: string, request: () => Promise<Answer>): Promise<Answer> {
      const struck = proxy.cutNext(statement, moment);
      const answer = await request();
      expect(answer.status, answer.text).toBeLessThan(300);
      await struck;
      return answer;
    }

    const authenticates = async (id: string, secret: unknown): Promise<number> => {
      const authorization = `Basic ${Buffer.from(`${id}:${String(secret)}`).toString('base64')}`;
      const body = new URLSearchParams({ grant_type: 'client_credentials' });
      return (await send('POST', `${server.public}/oauth2/token`, { body, headers: { authorization } })).status;
    };

    it('creates a working client with the requested id', async () => {
      for (let i = 0; i < TIMES; i++) {
        const body = { client_id: randomUUID(), grant_types: ['client_credentials'] };
        const { status, json, text } = await losing('client_insert', () => client.admin('POST', '/clients', body));
        expect([status, json.client_id], text).toEqual([201, body.client_id]);
        expect(await authenticates(body.client_id, json.client_secret)).toBe(200);
        expect((await client.admin('POST', '/clients', body)).status).toBe(409);
      }
    });

    it('leaves a client with the secret in the response', async () => {
      const { json: made } = await client.admin('POST', '/clients', { grant_types: ['client_credentials'] });
      const id = made.client_id as string;
      let old = made.client_secret;
      for (let i = 0; i < SECRETS; i++) {
        const rotate = (): Promise<Answer> => client.admin('POST', `/clients/${id}/secrets/rotate`);
        const { status, json, text } = await losing('client_update', rotate);
        expect(status, text).toBe(200);
        expect([await authenticates(id, json.client_secret), await authenticates(id, old)]).toEqual([200, 200]);
        old = json.client_secret;
      }
    });

    it('changes a client only once', async () => {
      const { json: made } = await client.admin('POST', '/clients', { contacts: ['first'] });
      const path = `/clients/${String(made.client_id)}`;
      for (let i = 1; i <= TIMES; i++) {
        const patch = [{ op: 'add', path: '/contacts/-', value: `contact ${i}` }];
        const { status, json, text } = await losing('client_update', () => client.admin('PATCH', path, patch));
        expect([status, (json.contacts as string[]).length], text).toEqual([200, i + 1]);
      }
    });

    it('leaves a client that registered itself with a working registration token', async () => {
      const body = JSON.stringify({ grant_types: ['client_credentials'] });
      const { json: made } = await losing('client_insert', () =>
        send('POST', `${server.public}/oauth2/register`, { body }),
      );
      let token = made.registration_access_token;
      for (let i = 0; i < TIMES; i++) {
        const headers = { authorization: `Bearer ${String(token)}` };
        const address = `${server.public}/oauth2/register/${String(made.client_id)}`;
        const { status, json, text } = await losing('client_update', () => send('PUT', address, { body, headers }));
        expect(status, text).toBe(200);
        expect(json.registration_access_token).not.toBe(token);
        token = json.registration_access_token;
      }
    });

    it('deletes an existing client and answers 204', async () => {
      for (let i = 0; i < TIMES; i++) {
        const { json } = await client.admin('POST', '/clients', {});
        const path = `/clients/${String(json.client_id)}`;
        expect((await losing('DELETE FROM "client"', () => client.admin('DELETE', path))).status).toBe(204);
        expect((await client.admin('GET', path)).status).toBe(404);
      }
    });
  });
});
