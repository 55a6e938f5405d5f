import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectForRequests } from '../../../src/database/data-source.js';
import { WalkingSweep } from '../../../src/database/maintenance/walking-sweep.js';
import { SWEEPS } from '../../../src/sweeps.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { RelyingParty } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';

const grace = (period: string, uses = 0) => ({
  oauth2: { grant: { refresh_token: { rotation_grace_period: period, rotation_grace_reuse_count: uses } } },
});

const decodedPerson = (token: string) => {
  const { sub, auth_time } = decodeJwt(token);
  return { sub, auth_time };
};

describe('refresh tokens', () => {
  let database: TestDatabase;
  let one: TestServer;
  let two: TestServer;
  let graceful: TestServer;
  let counted: TestServer;

  beforeAll(async () => {
    database = await freshDatabase();
    one = await startTestServer(database.dsn);
    two = await startTestServer(database.dsn);
    graceful = await startTestServer(database.dsn, grace('5m'));
    counted = await startTestServer(database.dsn, grace('1h', 3));
  });
  afterAll(async () => {
    await Promise.all([one, two, graceful, counted].map((server) => server.stop()));
    await database.drop();
  });

  it('rotate: the new pair lives, the old one does not', async () => {
    const client = await RelyingParty.register(one);
    const first = await client.tokens();
    const second = (await client.refresh(first.refresh_token)).json as unknown as typeof first;
    expect(await client.isActive(first.access_token)).toBe(false);
    expect(await client.isActive(first.refresh_token)).toBe(false);
    expect(await client.isActive(second.access_token)).toBe(true);
    expect(await client.isActive(second.refresh_token)).toBe(true);
  });

  it('yield an ID token without nonce, which belongs to the authorization request (OpenID Connect Core §12.2)', async () => {
    const client = await RelyingParty.register(one);
    const first = await client.tokens();
    expect(decodeJwt(first.id_token).nonce).toBe('a-long-nonce');
    const second = (await client.refresh(first.refresh_token)).json.id_token as string;
    const { nonce, sub, auth_time } = decodeJwt(second);
    expect({ nonce, sub, auth_time }).toEqual({ ...decodedPerson(first.id_token), nonce: undefined });
  });

  it('used twice end the whole family', async () => {
    const client = await RelyingParty.register(one);
    const first = await client.tokens();
    const second = (await client.refresh(first.refresh_token)).json as unknown as typeof first;
    expect((await client.refresh(first.refresh_token)).json.error).toBe('invalid_grant');
    expect(await client.isActive(second.access_token)).toBe(false);
    expect((await client.refresh(second.refresh_token)).json.error).toBe('invalid_grant');
  });

  it('used 50 times at once over two servers have one winner, whose pair lives on', async () => {
    const client = await RelyingParty.register(one);
    const { refresh_token: token } = await client.tokens();
    const form = { grant_type: 'refresh_token', refresh_token: token };
    const answers = await client.volley(50, form, [one, two]);
    const won = answers.filter(({ status }) => status === 200);
    expect(won).toHaveLength(1);
    for (const { status, json } of answers) if (status !== 200) expect(json.error).toBe('invalid_grant');
    expect(await client.isActive(won[0]!.json.access_token as string)).toBe(true);
    expect((await client.refresh(won[0]!.json.refresh_token as string)).status).toBe(200);
  });

  it('within the grace period yield an independent pair each time, and all chains continue', async () => {
    const client = await RelyingParty.register(graceful);
    const { refresh_token: token } = await client.tokens();
    const answers = await Promise.all(Array.from({ length: 10 }, () => client.refresh(token)));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200));
    expect(new Set(answers.map(({ json }) => json.refresh_token)).size).toBe(10);
    for (const { json } of answers) {
      expect(await client.isActive(json.access_token as string)).toBe(true);
      expect((await client.refresh(json.refresh_token as string)).status).toBe(200);
    }
  });

  it('used more often than allowed revoke every chain', async () => {
    const client = await RelyingParty.register(counted);
    const { refresh_token: token } = await client.tokens();
    const branches = [await client.refresh(token), await client.refresh(token), await client.refresh(token)];
    expect(branches.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await client.refresh(token)).json.error).toBe('invalid_grant');
    for (const { json } of branches) expect(await client.isActive(json.access_token as string)).toBe(false);
  });

  it('are refused to another client, which harms nothing', async () => {
    const client = await RelyingParty.register(one);
    const other = await RelyingParty.register(one);
    const first = await client.tokens();
    await client.refresh(first.refresh_token);
    const second = (await client.tokens()).refresh_token;
    expect((await other.refresh(second)).json.error).toBe('invalid_grant');
    expect((await other.refresh(first.refresh_token)).json.error).toBe('invalid_grant');
    expect((await client.refresh(second)).status).toBe(200);
  });

  it('yield a narrower access token for a narrower scope, and keep the whole grant', async () => {
    const client = await RelyingParty.register(one);
    const first = await client.tokens({ scope: 'openid offline_access photos.read' });
    const narrow = await client.refresh(first.refresh_token, { scope: 'photos.read' });
    expect([narrow.json.scope, 'id_token' in narrow.json]).toEqual(['photos.read', false]);
    const whole = await client.refresh(narrow.json.refresh_token as string);
    expect(whole.json.scope).toBe('openid offline_access photos.read');
    const more = await client.refresh(whole.json.refresh_token as string, { scope: 'photos.write' });
    expect(more.json.error).toBe('invalid_scope');
    expect((await client.refresh(whole.json.refresh_token as string)).status).toBe(200);
  });

  it('are refused and not spent while the client is no longer registered for a granted scope', async () => {
    const client = await RelyingParty.register(one);
    const { refresh_token: token } = await client.tokens({ scope: 'openid offline_access photos.read' });
    const scope = (value: string) => [{ op: 'replace', path: '/scope', value }];
    await client.admin('PATCH', `/clients/${client.clientId}`, scope('openid offline_access'));
    expect((await client.refresh(token)).json.error).toBe('invalid_scope');
    await client.admin('PATCH', `/clients/${client.clientId}`, scope('openid offline_access photos.*'));
    expect((await client.refresh(token)).status).toBe(200);
  });

  it('require a secret that was changed through another server at once', async () => {
    const client = await RelyingParty.register(one);
    const elsewhere = client.at(two);
    const { refresh_token: token } = await client.tokens();
    expect((await elsewhere.token({ grant_type: 'client_credentials' })).status).toBe(200);
    await client.admin('PATCH', `/clients/${client.clientId}`, [
      { op: 'add', path: '/client_secret', value: 'another secret' },
    ]);
    expect((await elsewhere.refresh(token)).json.error).toBe('invalid_client');
    expect((await elsewhere.withSecret('another secret').refresh(token)).status).toBe(200);
  });

  it('that never expire since a configuration change are not deleted after their former lifetime', async () => {
    const endless = await startTestServer(database.dsn, { ttl: { refresh_token: '-1' } });
    const connection = await connectForRequests(database.dsn, []);
    try {
      const client = await RelyingParty.register(one);
      const { refresh_token: token } = await client.tokens();
      const { json } = await client.at(endless).refresh(token);
      const inTwoMonths = new Date(Date.now() + 60 * 86_400_000);
      const signal = new AbortController().signal;
      for (const sweep of SWEEPS) await new WalkingSweep(connection, sweep).run(inTwoMonths, signal);
      expect((await client.at(endless).refresh(json.refresh_token as string)).status).toBe(200);
    } finally {
      await connection.destroy();
      await endless.stop();
    }
  });
});
