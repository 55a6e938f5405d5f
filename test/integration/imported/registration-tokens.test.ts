import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { type Answer, RelyingParty, send } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { type HydraToken, hydraToken, ImportedRows } from './imported-rows.js';

const SECRET = 'the system secret of Hydra and of this server';

describe('registration access tokens of Hydra', () => {
  let database: TestDatabase;
  let rows: ImportedRows;
  let server: TestServer;

  beforeAll(async () => {
    database = await freshDatabase();
    rows = await ImportedRows.open(database.dsn);
    await rows.record({ hydra_client: 'infinity' });
    server = await startTestServer(database.dsn, {
      secrets: { system: [SECRET] },
      oidc: { dynamic_client_registration: { enabled: true } },
    });
  });
  afterAll(async () => {
    await server.stop();
    await rows.close();
    await database.drop();
  });

  async function imported(prefix = 'ory_at_'): Promise<{ client: RelyingParty; token: HydraToken }> {
    const client = await RelyingParty.register(server);
    const token = hydraToken(prefix, SECRET);
    await rows.query('update client set registration_token_digest = $2 where client_id = $1', [
      client.clientId,
      token.hash,
    ]);
    return { client, token };
  }
  const own = (method: string, { clientId }: RelyingParty, token: string, document?: unknown): Promise<Answer> =>
    send(method, `${server.public}/oauth2/register/${clientId}`, {
      headers: { authorization: `Bearer ${token}` },
      body: document === undefined ? undefined : JSON.stringify(document),
    });

  it.each(['ory_at_', ''])('read their client (prefix: "%s")', async (prefix) => {
    const { client, token } = await imported(prefix);
    const { status, json } = await own('GET', client, token.token);
    expect([status, json.client_id]).toEqual([200, client.clientId]);
  });

  it('are replaced by one of this server when their client updates itself (RFC 7592 §3)', async () => {
    const { client, token } = await imported();
    const { json: document } = await own('GET', client, token.token);
    const updated = await own('PUT', client, token.token, { ...document, client_name: 'moved' });
    expect([updated.status, updated.json.client_name]).toEqual([200, 'moved']);
    expect((await own('GET', client, token.token)).status).toBe(401);
    expect((await own('GET', client, updated.json.registration_access_token as string)).status).toBe(200);
  });

  it('delete their client', async () => {
    const { client, token } = await imported();
    expect((await own('DELETE', client, token.token)).status).toBe(204);
    expect((await own('GET', client, token.token)).status).toBe(401);
  });

  it('are refused for another client, without their random bytes, and under a secret that is not listed', async () => {
    const [{ client, token }, other] = [await imported(), await imported()];
    const mac = token.token.split('.')[1] ?? '';
    const unknown = hydraToken('ory_at_', 'a secret of another server');
    await rows.query('update client set registration_token_digest = $2 where client_id = $1', [
      other.client.clientId,
      unknown.hash,
    ]);
    for (const [at, text] of [
      [client, other.token.token],
      [client, `ory_at_${'A'.repeat(43)}.${mac}`],
      [client, token.token.replace('_at_', '_rt_')],
      [other.client, unknown.token],
    ] as const) {
      expect((await own('GET', at, text)).status).toBe(401);
    }
  });

  it('are no access tokens', async () => {
    const { client, token } = await imported();
    expect(await client.isActive(token.token)).toBe(false);
  });
});
