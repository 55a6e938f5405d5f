/** What a restore brings back, what it does not, and the command that ends everything that must not be valid again. */
import { randomUUID } from 'node:crypto';
import { decodeProtectedHeader } from 'jose';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { openMigrator } from '../../src/database/migrations.js';
import { ostiary, program } from '../integration/cli/ostiary.js';
import { CookieBrowser } from '../support/cookie-browser.js';
import { PostgresCluster, postgresPrograms } from '../support/postgres-cluster.js';
import { RelyingParty, send, type Tokens } from '../support/relying-party.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { overBothStores } from '../support/stores.js';

const WAIT = { timeout: 60_000, interval: 50 };
const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';
const GRANT_TYPES = ['authorization_code', 'refresh_token', 'client_credentials', DEVICE_CODE];

const isInstalled = postgresPrograms() !== undefined;
if (!isInstalled)
  process.stderr.write('Backups are left out: no /usr/lib/postgresql/*/bin has pg_basebackup and pg_dump.\n');

async function query<Row extends pg.QueryResultRow>(dsn: string, text: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: dsn });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

async function migrated(cluster: PostgresCluster, name: string): Promise<string> {
  await query(cluster.dsn(), `create database ${name}`);
  const migrator = await openMigrator(cluster.dsn(name));
  await migrator.up();
  await migrator.close();
  return cluster.dsn(name);
}

const register = (server: TestServer): Promise<RelyingParty> =>
  RelyingParty.register(server, { grant_types: GRANT_TYPES });

const own = async (client: RelyingParty): Promise<string> =>
  (await client.token({ grant_type: 'client_credentials' })).json.access_token as string;

const kids = async (server: TestServer): Promise<unknown[]> => {
  const { json } = await send('GET', `${server.public}/.well-known/jwks.json`);
  return (json.keys as { kid: string }[]).map(({ kid }) => kid);
};

describe.skipIf(!isInstalled)('a backup', () => {
  let cluster: PostgresCluster;
  const servers: TestServer[] = [];

  beforeAll(async () => {
    await program();
  });
  beforeAll(async () => {
    cluster = await PostgresCluster.start();
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop();
  });
  afterAll(() => cluster.remove());

  const start = async (dsn: string, settings: Record<string, unknown> = {}): Promise<TestServer> => {
    const server = await startTestServer(dsn, settings);
    servers.push(server);
    return server;
  };

  async function dumpAndRestore(from: string, to: string, ...flags: string[]): Promise<string> {
    const file = `${cluster.folder}/${to}.dump`;
    await cluster.program('pg_dump', '-Fc', ...flags, '-f', file, cluster.dsn(from));
    await query(cluster.dsn(), `create database ${to}`);
    await cluster.program('pg_restore', '-d', cluster.dsn(to), '--exit-on-error', file);
    return cluster.dsn(to);
  }

  it('by pg_dump holds all lasting records: tokens, chains, sessions, keys, but no flows', async () => {
    const before = await start(await migrated(cluster, 'dumped'));
    const client = await register(before);
    const browser = new CookieBrowser(before, { consent: { remember: true } });
    const code = (await browser.follow(client.address())).get('code') ?? '';
    const tokens = (await client.redeem(code)).json as unknown as Tokens;
    const machine = await own(client);
    const signedWith = await kids(before);
    await client.code(); // a flow in progress

    const dsn = await dumpAndRestore('dumped', 'restored', '--no-unlogged-table-data');
    expect(await query(dsn, 'select from flow')).toEqual([]);
    const after = client.at(await start(dsn));
    expect(await kids(after.server)).toEqual(signedWith);
    expect(await after.isActive(machine)).toBe(true);
    expect(await after.isActive(tokens.access_token)).toBe(true);
    const refreshed = await after.refresh(tokens.refresh_token);
    expect(refreshed.status).toBe(200);
    expect(signedWith).toContain(decodeProtectedHeader(refreshed.json.id_token as string).kid);
    browser.server = after.server;
    const { login, consent } = await browser.walk(client.address(), { until: 'consent' });
    expect([login?.skip, consent?.skip]).toEqual([true, true]);
    expect((await after.tokens()).id_token).toBeDefined();
    expect((await (await register(after.server)).tokens()).id_token).toBeDefined(); // sequences continue where they were
  });

  it('by pg_dump without its flag brings flows back, which the command ends', async () => {
    const dsn = await dumpAndRestore('dumped', 'with_flows');
    expect((await query(dsn, 'select from flow')).length).toBeGreaterThan(0);
    const { code } = await ostiary(['revoke', '--issued-before', new Date().toISOString(), '--yes', dsn]);
    expect(code).toBe(0);
    expect(await query(dsn, 'select from flow')).toEqual([]);
  });

  it('can be used only with the system secret under which it was made', async () => {
    const wrong = await start(cluster.dsn('restored'), { secrets: { system: ['another system secret'] } });
    const { status, text } = await send('GET', `${wrong.admin}/health/ready`);
    expect([status, text]).toEqual([503, expect.stringContaining('secrets.system')]);
  });
});

describe.skipIf(!isInstalled)('a restore to a point in time', () => {
  overBothStores('under running servers', (redis) => {
    let cluster: PostgresCluster;
    let server: TestServer;
    let dsn: string;
    const settings = redis === undefined ? {} : { redis: { url: redis, prefix: `restore:${randomUUID()}:` } };

    beforeAll(async () => {
      await program();
      cluster = await PostgresCluster.start();
      dsn = await migrated(cluster, 'ostiary');
      server = await startTestServer(dsn, settings);
    });
    afterAll(async () => {
      await server.stop();
      await cluster.remove();
    });

    const now = async (): Promise<Date> =>
      (await query<{ now: Date }>(dsn, 'select clock_timestamp() as now'))[0]?.now ?? new Date();

    it('brings back records that ended since, none that began since, and the command ends those that came back', async () => {
      const client = await register(server);
      await client.tokens();
      await cluster.baseBackup();

      const kept = await client.tokens();
      const [revoked, machine] = [await client.tokens(), await own(client)];
      const rotated = await client.tokens();
      const code = await client.code();
      const deleted = await register(server);
      const browser = new CookieBrowser(server, { consent: { remember: true } });
      await browser.follow(client.address());
      const signedWith = await kids(server);
      const moment = await now();

      // The time that the restore undoes.
      await client.revoke(revoked.refresh_token);
      await client.revoke(machine);
      const successor = (await client.refresh(rotated.refresh_token)).json as unknown as Tokens;
      expect((await client.redeem(code)).status).toBe(200);
      await client.admin('DELETE', `/clients/${deleted.clientId}`);
      await client.admin('DELETE', '/oauth2/auth/sessions/login?subject=alice');
      await client.admin('DELETE', '/oauth2/auth/sessions/consent?subject=alice&all=true');
      const late = await register(server);
      const lateTokens = await late.tokens();
      const lateCode = await late.code();
      const device = await late.startDevice();
      const halfway = new CookieBrowser(server);
      const { login } = await halfway.walk(client.address(), { until: 'login' });
      const accepted = await halfway.accept('login', String(login?.challenge));
      await query(dsn, 'select pg_switch_wal()');

      await cluster.restoreTo(moment);
      await vi.waitFor(async () => {
        expect((await send('GET', `${server.public}/health/ready`)).status).toBe(200);
      }, WAIT);

      // The server works with the keys of that moment, and everything alive then lives, even if it was ended since.
      expect(await kids(server)).toEqual(signedWith);
      if (redis === undefined) expect(await query(dsn, 'select from flow')).toEqual([]);
      for (const token of [kept.access_token, revoked.access_token, machine])
        expect(await client.isActive(token)).toBe(true);
      expect((await client.refresh(kept.refresh_token)).status).toBe(200);
      expect(await client.isActive(rotated.refresh_token)).toBe(true);
      expect((await deleted.token({ grant_type: 'client_credentials' })).status).toBe(200);
      const walked = await browser.walk(client.address(), { until: 'consent' });
      expect([walked.login?.skip, walked.consent?.skip]).toEqual([true, true]);

      // Records begun in the lost time give no access, even where Redis remembers them.
      expect((await late.token({ grant_type: 'client_credentials' })).status).toBe(401);
      expect((await late.redeem(lateCode)).status).toBe(401);
      expect((await client.refresh(successor.refresh_token)).json.error).toBe('invalid_grant');
      for (const token of [lateTokens.access_token, lateTokens.refresh_token, successor.access_token])
        expect(await client.isActive(token)).toBe(false);
      const { device_code: deviceCode } = device.json as Record<string, string>;
      expect((await late.token({ grant_type: DEVICE_CODE, device_code: deviceCode ?? '' })).status).toBe(401);
      expect((await halfway.go(accepted)).status).toBeLessThan(500);

      const ended = await ostiary(['revoke', '--issued-before', new Date().toISOString(), '--yes', dsn]);
      expect([ended.code, ended.stderr]).toEqual([0, '']);
      for (const token of [kept.access_token, revoked.access_token, rotated.access_token, machine])
        expect(await client.isActive(token)).toBe(false);
      for (const token of [revoked.refresh_token, rotated.refresh_token])
        expect((await client.refresh(token)).json.error).toBe('invalid_grant');
      const fresh = await startTestServer(dsn, settings);
      for (const at of [client, client.at(fresh)]) expect((await at.redeem(code)).json.error).toBe('invalid_grant');
      await fresh.stop();
      expect((await browser.walk(client.address(), { until: 'login' })).login?.skip).toBe(false);
      expect((await client.tokens()).id_token).toBeDefined();
    });
  });
});
