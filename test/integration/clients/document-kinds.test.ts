import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { documentSweep } from '../../../src/clients/metadata-documents/document-sweep.js';
import { CLIENT_HAS_GRANT } from '../../../src/oauth2/issuance/grant.sweeps.js';
import { DocumentParty } from '../../support/document-party.js';
import { DocumentSite } from '../../support/document-site.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { startTestServer, type TestServer } from '../../support/server.js';

const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';
const DAY_MS = 86_400_000;
const ISSUER = 'http://127.0.0.1:9';

describe('clients that are known by their documents', () => {
  let database: TestDatabase;
  let connection: pg.Client;
  let server: TestServer;
  let site: DocumentSite;
  let next = 0;

  beforeAll(async () => {
    [database, site] = [await freshDatabase(), await DocumentSite.start()];
    connection = new pg.Client({ connectionString: database.dsn });
    await connection.connect();
    server = await startTestServer(database.dsn, {
      urls: {
        self: { issuer: ISSUER },
        ...{ login: 'http://ui.example/login', consent: 'http://ui.example/consent' },
        device: { verification: 'http://ui.example/device', success: 'http://ui.example/done' },
      },
      clients: { metadata_documents: { enabled: true } },
      oauth2: { pushed_authorization_requests: { enabled: true } },
    });
  });
  afterAll(async () => {
    await Promise.all([server.stop(), site.stop(), connection.end()]);
    await database.drop();
  });

  const party = (over: Record<string, unknown> = {}): DocumentParty =>
    new DocumentParty(server, site.publish(`/kinds/${String(next++)}`, over));
  const rows = async (clientId: string): Promise<number> =>
    (await connection.query('select from client where client_id = $1', [clientId])).rowCount ?? 0;

  it('begin a device flow, poll before they have a row, and get tokens with it', async () => {
    const tool = party({ grant_types: [DEVICE_CODE, 'refresh_token'] });
    const { status, json } = await tool.post('/oauth2/device/auth', { scope: 'openid offline_access' });
    expect(status).toBe(200);
    const poll = () => tool.post('/oauth2/token', { grant_type: DEVICE_CODE, device_code: String(json.device_code) });
    expect((await poll()).json).toMatchObject({ error: 'authorization_pending' });
    expect(await rows(tool.clientId)).toBe(0);
    const start = await tool.browser.go('/oauth2/device/verify');
    const challenge = new URL(start.headers.get('location') ?? '').searchParams.get('device_challenge') ?? '';
    const accepted = await fetch(
      `${server.admin}/admin/oauth2/auth/requests/device/accept?device_challenge=${encodeURIComponent(challenge)}`,
      { method: 'PUT', body: JSON.stringify({ user_code: json.user_code }) },
    );
    const { redirect_to: next } = (await accepted.json()) as { redirect_to: string };
    const end = await tool.browser.walk(next);
    expect(end.url?.href).toContain('http://ui.example/done');
    const granted = await poll();
    expect([granted.status, await rows(tool.clientId)]).toEqual([200, 1]);
    expect((await tool.refresh(String(granted.json.refresh_token))).status).toBe(200);
  });

  it('authenticate with a key of their document, at PAR before they have a row and at the token endpoint', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const tool = party({
      ...{ token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: 'ES256' },
      jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: 'a', alg: 'ES256', use: 'sig' }] },
    });
    const asserted = async (): Promise<Record<string, string>> => ({
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await new SignJWT({ jti: randomUUID() })
        .setProtectedHeader({ alg: 'ES256', kid: 'a' })
        .setIssuer(tool.clientId)
        .setSubject(tool.clientId)
        .setAudience(ISSUER)
        .setIssuedAt()
        .setExpirationTime('1m')
        .sign(privateKey),
    });
    expect((await tool.post('/oauth2/par', tool.parameters())).status).toBe(401);
    const pushed = await tool.post('/oauth2/par', { ...tool.parameters(), ...(await asserted()) });
    expect([pushed.status, pushed.text]).toEqual([201, expect.any(String)]);
    const query = new URLSearchParams({ client_id: tool.clientId, request_uri: String(pushed.json.request_uri) });
    const { parameters } = await tool.browser.walk(`/oauth2/auth?${query.toString()}`);
    expect((await tool.redeem(parameters.code ?? '')).status).toBe(401);
    expect((await tool.redeem(parameters.code ?? '', await asserted())).status).toBe(200);
  });

  it('are swept once they have had no grant for 30 days, and not before', async () => {
    const [kept, idle] = [party(), party()];
    for (const tool of [kept, idle]) await tool.tokens();
    await connection.query(
      'delete from authorization_grant where client_key = (select key from client where client_id = $1)',
      [idle.clientId],
    );
    const source = await new DataSource({ type: 'postgres', url: database.dsn }).initialize();
    const sweep = (days: number) =>
      documentSweep(CLIENT_HAS_GRANT)(source).run(new Date(Date.now() + days * DAY_MS), new AbortController().signal);
    const both = async (): Promise<number[]> => [await rows(kept.clientId), await rows(idle.clientId)];
    await sweep(0);
    await sweep(29);
    expect(await both()).toEqual([1, 1]);
    await sweep(31);
    expect(await both()).toEqual([1, 0]);
    await source.destroy();
  });
});
