import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Outbound, type OutboundRequest } from '../../../src/http/outbound/outbound.js';
import { answerCiba, CibaApp, CibaParty, cibaSettings } from '../../support/ciba-app.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { Receiver } from '../../support/receiver.js';
import { startTestServer, type TestServer } from '../../support/server.js';

const ADDRESS = 'https://app.example';
const TOKEN = '8d67dc78-7faa-4d41-aabd-67707b374255';
const PATIENCE = { timeout: 20_000, interval: 20 };

describe('the ping of a client (CIBA Core §10.2)', () => {
  let database: TestDatabase;
  let app: CibaApp;
  let server: TestServer;
  let receiver: Receiver;
  let party: CibaParty;
  let pool: pg.Pool;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with its object
  const { fetch } = Outbound.prototype;
  const outbound = vi.spyOn(Outbound.prototype, 'fetch');

  beforeAll(async () => {
    [database, app, receiver] = [await freshDatabase(), await CibaApp.open(), await Receiver.open()];
    pool = new pg.Pool({ connectionString: database.dsn });
    // The receiver of the test has no certificate: requests for its address go to it by plain http.
    outbound.mockImplementation(function (this: Outbound, request: OutboundRequest) {
      return fetch.call(this, { ...request, url: request.url.replace(ADDRESS, receiver.url) });
    });
    server = await startTestServer(database.dsn, {
      oidc: { ...cibaSettings(app, { max_open_per_hint: 100 }), back_channel_logout: { timeout: '1s' } },
    });
    party = await CibaParty.register(server, {
      backchannel_token_delivery_mode: 'ping',
      backchannel_client_notification_endpoint: `${ADDRESS}/ping?tenant=a`,
    });
  });
  beforeEach(() => {
    receiver.clear();
  });
  afterAll(async () => {
    await server.stop();
    await pool.end();
    await Promise.all([app.close(), receiver.close()]);
    outbound.mockRestore();
    await database.drop();
  });

  const begin = (over: Record<string, string> = {}) => party.started({ client_notification_token: TOKEN, ...over });
  const waiting = async (): Promise<{ attempts: number; notice: Buffer }[]> =>
    (await pool.query<{ attempts: number; notice: Buffer }>('select attempts, notice from ciba_ping')).rows;
  const settled = (): Promise<void> =>
    vi.waitFor(async () => {
      expect(await waiting()).toEqual([]);
    }, PATIENCE);

  it.each(['accept', 'reject'] as const)('comes once, with its token and the id, after a %s', async (verb) => {
    const id = await begin();
    await answerCiba(server, app.challenge, verb);
    const [ping] = await receiver.received(1);
    expect(ping).toMatchObject({
      ...{ method: 'POST', path: '/ping?tenant=a' },
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    });
    expect([...(ping?.form.keys() ?? [])]).toEqual([JSON.stringify({ auth_req_id: id })]);
    await settled();
    expect(receiver.requests).toHaveLength(1);
    expect((await party.poll(id)).status).toBe(verb === 'accept' ? 200 : 400);
  });

  it.each([301, 307, 400, 401, 403, 404, 429])('ends when the client answers %d, and polling works', async (status) => {
    receiver.answer = (response) => {
      response.writeHead(status, { location: `${receiver.url}/elsewhere` }).end();
    };
    const id = await begin();
    await answerCiba(server, app.challenge, 'accept');
    await receiver.received(1);
    await settled();
    expect(receiver.requests).toHaveLength(1);
    expect((await party.poll(id)).status).toBe(200);
  });

  it.each<[string, number | ((response: { destroy(): void }) => void)]>([
    ['answers 503', 503],
    [
      'hangs up',
      (response) => {
        response.destroy();
      },
    ],
    ['hangs', () => undefined],
  ])('is repeated while the client %s, and polling works meanwhile', async (_, answer) => {
    receiver.answer = answer;
    const id = await begin();
    await answerCiba(server, app.challenge, 'accept');
    await receiver.received(1);
    expect((await party.poll(id)).status).toBe(200);
    receiver.answer = 204;
    await receiver.received(2);
    await settled();
  });

  it('is given up when the request has ended', async () => {
    receiver.answer = 500;
    await begin({ requested_expiry: '3' });
    await answerCiba(server, app.challenge, 'accept');
    await receiver.received(1);
    await settled();
  });

  it('is encrypted where it waits', async () => {
    receiver.answer = 500;
    const id = await begin();
    await answerCiba(server, app.challenge, 'accept');
    await receiver.received(1);
    const rows = await waiting();
    expect(rows.length).toBeGreaterThan(0);
    for (const { notice } of rows) {
      expect(notice.toString('latin1')).not.toContain(TOKEN);
      expect(notice.toString('latin1')).not.toContain(id);
    }
    await party.client.admin('DELETE', `/clients/${party.client.clientId}`); // nobody waits any more
    await settled();
  });
});
