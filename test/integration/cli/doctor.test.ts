import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import pg from 'pg';
import { stringify } from 'yaml';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { judgeClock } from '../../../src/cli/doctor/checks/clock.js';
import { examine } from '../../../src/cli/doctor/doctor.js';
import type { Finding } from '../../../src/cli/doctor/finding.js';
import { merged, type ConfigurationTree } from '../../../src/config/configuration-tree.js';
import { seal } from '../../../src/crypto/aead.js';
import { placeOf } from '../../../src/database/sealed-column.js';
import { SEALED_KEYS } from '../../../src/keys/key-records.js';
import { authority, inBase64 } from '../../support/certificates.js';
import { freePort } from '../../support/free-ports.js';
import { emptyDatabase, freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { redisUrl } from '../../support/redis.js';
import { Folder } from '../config/folder.js';
import { killAll, ostiary, program } from './ostiary.js';

const SECRET = 'kX9-a-long-secret-for-the-system-0123456789';
const COOKIE = 'qZ7-a-long-secret-for-the-cookies-987654321';

const folder = new Folder();
let database: TestDatabase;
let site: Server;
/** The answer at the discovery address of the issuer. */
let answer: { status: number; text: string };
let issuer: string;

beforeAll(async () => {
  Logger.overrideLogger(false);
  database = await freshDatabase();
  site = createServer((_request, response) => {
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.text);
  }).listen(0, '127.0.0.1');
  await once(site, 'listening');
  issuer = `http://127.0.0.1:${String((site.address() as AddressInfo).port)}`;
  answer = { status: 200, text: JSON.stringify({ issuer }) };
});
afterEach(killAll);
afterAll(async () => {
  folder.remove();
  site.close();
  await database.drop();
});

function healthy(): ConfigurationTree {
  const pages = { login: 'https://ui.example/login', consent: 'https://ui.example/consent' };
  return {
    dsn: database.dsn,
    dev: true,
    secrets: { system: [SECRET], cookie: [COOKIE] },
    oauth2: { grant: { refresh_token: { rotation_grace_period: '10s' } } },
    urls: { self: { issuer }, ...pages, logout: 'https://ui.example/logout', error: 'https://ui.example/error' },
  };
}

const configured = (over: ConfigurationTree = {}): string =>
  folder.write('doctor.yaml', stringify(merged(healthy(), over)));

async function findings(over: ConfigurationTree = {}): Promise<Finding[]> {
  const found = await examine({ files: [configured(over)], env: {} });
  const text = JSON.stringify(found);
  for (const secret of [SECRET, COOKIE, 'pass-word']) expect(text).not.toContain(secret);
  return found;
}

/** `state: finding` of one check, a line each. */
async function about(check: string, over: ConfigurationTree = {}): Promise<string> {
  const found = (await findings(over)).filter((one) => one.check === check);
  return found.map(({ state, finding }) => `${state}: ${finding}`).join('\n');
}

describe('doctor', () => {
  it('finds no fault in a sound installation', async () => {
    const found = await findings();
    expect(found.filter(({ state }) => state === 'fail')).toEqual([]);
    expect(found.filter(({ state }) => state === 'warn').map(({ check }) => check)).toEqual(['issuer']); // http
    expect(new Set(found.map(({ check }) => check))).toEqual(
      new Set([
        ...[
          'configuration',
          'pages',
          'secrets',
          'refresh tokens',
          'database',
          'migrations',
          'keys',
          'clock and PostgreSQL',
        ],
        ...['notifications', 'flow store', 'issuer', 'discovery', 'cookies'],
      ]),
    );
  });

  it('proposes a change for every finding that is not ok', async () => {
    const found = await findings({ serve: { cookies: { same_site_mode: 'Strict', domain: 'other.example' } } });
    expect(found.filter(({ state, change }) => (state === 'ok') === (change !== undefined))).toEqual([]);
  });

  it('shows the faults of the configuration with their places', async () => {
    expect(await about('configuration', { ttl: { acess_token: '1h' } })).toMatch(
      /^fail: .*doctor\.yaml:\d+:\d+: ttl\.acess_token: unknown key, did you mean ttl\.access_token\?$/,
    );
  });

  it('says from where certificates of clients come, and whether any can be trusted', async () => {
    const about = async (mtls: ConfigurationTree, serve: ConfigurationTree = {}) =>
      (await findings({ serve, oauth2: { mtls: { enabled: true, ...mtls } } }))
        .filter(({ check }) => check === 'mutual TLS')
        .map(({ state, finding, change = '' }) => `${state}: ${finding}. ${change}`);
    const proxy = { header: 'X-SSL-Client-Cert', format: 'pem' };
    const trusted = { public: { trusted_proxies: ['10.0.0.0/8'] } };
    const [root, old] = [
      await authority('CN=New', { to: new Date(Date.now() + 90 * 86_400_000) }),
      await authority('CN=Old', { to: new Date(Date.now() + 86_400_000) }),
    ];
    expect(await about({})).toEqual([
      expect.stringMatching(/^warn: no certificate of a client can reach the server/),
      expect.stringMatching(/^warn: oauth2.mtls.certificate_authorities is empty/),
    ]);
    expect(await about({ proxy, certificate_authorities: [inBase64(root)] })).toEqual([
      expect.stringMatching(/^warn: the header x-ssl-client-cert has no effect: serve.public.trusted_proxies is empty/),
      'ok: 1 certificate authorities can be used. ',
    ]);
    expect(await about({ proxy, certificate_authorities: [inBase64(old)] }, trusted)).toEqual([
      expect.stringMatching(
        /in the header x-ssl-client-cert of 10.0.0.0\/8. Does the proxy remove the header x-ssl-client-cert/,
      ),
      expect.stringMatching(/^warn: the authority CN=Old ends on /),
    ]);
    expect(await about({ proxy, certificate_authorities: [{ base64: 'eA==' }] }, trusted)).toEqual([
      expect.anything(),
      expect.stringMatching(/^fail: oauth2.mtls.certificate_authorities.0: it holds no certificate in PEM/),
    ]);
    expect(await findings({}).then((found) => found.filter(({ check }) => check === 'mutual TLS'))).toEqual([]);
  });

  it('recommends a grace period for lost answers', async () => {
    expect(await about('refresh tokens')).toMatch(/^ok: .* 10 s$/);
    const strict = { oauth2: { grant: { refresh_token: { rotation_grace_period: '0s' } } } };
    expect(await about('refresh tokens', strict)).toMatch(/^warn: no grace period/);
  });

  it('says where the origins of clients have no effect, and where they are not needed', async () => {
    expect(await about('cross-origin requests')).toBe('');
    const document = { allowed_cors_origins: ['https://app.example'] };
    const columns = 'client_id, metadata, created_at, updated_at';
    await inDatabase(`insert into client (${columns}) values ('page', '${JSON.stringify(document)}', now(), now())`);
    expect(await about('cross-origin requests')).toMatch(/^warn: CORS is off, .* of client page/);
    const cors = (allowed: string[]) => ({ serve: { public: { cors: { enabled: true, allowed_origins: allowed } } } });
    expect(await about('cross-origin requests', cors(['https://www.example']))).toMatch(/^ok: .*beside/);
    expect(await about('cross-origin requests', cors([]))).toMatch(/^ok: every origin/);
    await inDatabase(`delete from client where client_id = 'page'`);
  });

  it('names keys without effect', async () => {
    expect(await about('configuration', { profiling: 'cpu' })).toContain('warn: profiling has no effect');
  });

  it('reports an unreachable database, and wrong parameters of its dsn', async () => {
    const port = await freePort();
    const dsn = `postgres://ostiary:pass-word@127.0.0.1:${String(port)}/none?max_conns=many`;
    expect(await about('database', { dsn })).toMatch(/^fail: 127\.0\.0\.1:\d+, database none cannot be used/);
    expect(await about('dsn', { dsn })).toContain('warn: The parameter max_conns');
  });

  it('reports pending migrations', async () => {
    const empty = await emptyDatabase();
    expect(await about('migrations', { dsn: empty.dsn })).toMatch(/^fail: pending: Foundation/);
    await empty.drop();
  });

  it('reports migrations of a newer version', async () => {
    await inDatabase(`insert into migrations (timestamp, name) values (9, 'Newer9000000000000')`);
    expect(await about('migrations')).toBe('warn: applied by a newer version: Newer9000000000000');
    await inDatabase('delete from migrations where timestamp = 9');
  });

  it('reports keys that no secret decrypts, and keys that are encrypted under an older secret', async () => {
    const old = 'an-older-secret-of-the-system-0123456789';
    await inDatabase(
      `insert into json_web_key (set_id, kid, alg, not_before, sealed_jwk, created_at) values ('s', 'k', 'ES256', now(), $1, now())`,
      [seal([old], placeOf(SEALED_KEYS, 's', 'k'), '{}')],
    );
    expect(await about('keys')).toBe('fail: 1 open under none of secrets.system');
    const rotated = { secrets: { system: [SECRET, old] } };
    expect(await about('keys', rotated)).toBe('warn: 1 are sealed under an older secret, or not bound to their row');
    expect(await about('rotation', rotated)).toContain('warn: one secret of secrets.system from before');
    await inDatabase('delete from json_web_key');
  });

  it('reports that LISTEN uses another database', async () => {
    const other = await emptyDatabase();
    expect(await about('notifications', { database: { direct_dsn: other.dsn } })).toContain(
      'warn: LISTEN brings nothing',
    );
    await other.drop();
  });

  it.each([
    [{ system: ['short-but-allowed'] }, 'secrets.system', 'warn: the first has fewer than 32 characters'],
    [{ system: ['a'.repeat(40)] }, 'secrets.system', 'warn: the first repeats a few characters'],
    [{ cookie: [COOKIE, COOKIE] }, 'secrets.cookie', 'warn: one is listed twice'],
    [{ cookie: [] }, 'cookie secret', 'warn: cookies are sealed under the first of secrets.system: its removal'],
  ])('checks secrets: %j', async (secrets, check, told) => {
    expect(await about(check, { secrets })).toContain(told);
  });

  it.each([
    [{ domain: 'elsewhere.example' }, 'fail: serve.cookies.domain elsewhere.example does not cover 127.0.0.1'],
    [{ names: { session: '__Host-session' } }, 'fail: browsers drop the cookie __Host-session'],
    [{ names: { session: '__Secure-session' }, secure: true }, 'ok: '],
    [{ names: { session: 'same', login_csrf: 'same' } }, 'fail: two of serve.cookies.names are the same'],
    [{ paths: { session: '/login' } }, 'fail: serve.cookies.paths.session does not cover /oauth2/auth'],
    [{ same_site_mode: 'Strict' }, 'warn: SameSite is Strict'],
    [{ same_site_mode: 'None' }, 'warn: SameSite None needs https'],
  ])('checks cookies: %j', async (cookies, told) => {
    expect(await about('cookies', { serve: { cookies } })).toContain(told);
  });

  it.each([
    [200, '{"issuer":"https://other.example"}', /^fail: .* names another issuer, "https:\/\/other\.example"$/],
    [200, 'a page', /^fail: .* is no discovery document$/],
    [502, '', /^fail: .* answers 502$/],
  ])('checks the answer of the issuer: %i %s', async (status, text, told) => {
    const before = answer;
    answer = { status, text };
    expect(await about('discovery')).toMatch(told);
    answer = before;
  });

  it('reports a wrong slash at the end of the issuer, and an unreachable issuer', async () => {
    const slash = await about('discovery', { urls: { self: { issuer: `${issuer}/` } } });
    expect(slash).toMatch(/^fail: .* names another issuer/);
    const port = await freePort();
    const nobody = `http://127.0.0.1:${String(port)}`;
    expect(await about('discovery', { urls: { self: { issuer: nobody } } })).toMatch(/^warn: .* cannot be reached/);
  });

  it('reports built-in pages, and an unusable certificate', async () => {
    expect(await about('pages', { urls: { login: '' } })).toBe('warn: urls.login: not set, people see a built-in page');
    const tls = { enabled: true, cert: { path: '/no/cert.pem' }, key: { path: '/no/key.pem' } };
    expect(await about('TLS of admin', { serve: { admin: { tls } } })).toMatch(/^fail: .*\/no\/cert\.pem/);
  });

  it('does not start an embedded database', async () => {
    const found = await examine({ files: [], env: { DATA_DIR: folder.path } });
    const says = found.find(({ check }) => check === 'database');
    expect(says).toMatchObject({ state: 'warn', finding: expect.stringContaining('no dsn') as string });
  });

  describe.skipIf(!redisUrl())('with Redis', () => {
    const url = redisUrl() ?? '';

    it('checks a round trip, version, eviction and time', async () => {
      const redis = { url, prefix: 'doctor-test:' };
      expect(await about('redis', { redis })).toMatch(/^ok: .*: written, read and removed in \d+ ms$/);
      expect(await about('redis version', { redis })).toMatch(/^ok: it is version \d/);
      expect(await about('clock and Redis', { redis })).toBe('ok: the clocks agree');
      const client = new Redis(url);
      expect(await client.keys('doctor-test:*')).toEqual([]);
      const [, policy] = (await client.config('GET', 'maxmemory-policy')) as [string, string];
      expect(await about('redis eviction', { redis })).toMatch(policy === 'noeviction' ? /^ok: / : /^warn: /);
      client.disconnect();
    });

    it('reports an unreachable Redis, or a refused login', async () => {
      const port = await freePort();
      const nobody = { url: `redis://:pass-word@127.0.0.1:${String(port)}` };
      expect(await about('redis', { redis: nobody })).toMatch(/^fail: 127\.0\.0\.1:\d+ cannot be used/);
    });
  });

  async function inDatabase(text: string, values: unknown[] = []): Promise<void> {
    const client = new pg.Client(database.dsn);
    await client.connect();
    await client.query(text, values);
    await client.end();
  }
});

describe('clocks', () => {
  it.each([
    [0, 'ok'],
    [1_500, 'ok'],
    [5_000, 'warn'],
    [-5_000, 'warn'],
    [60_000, 'fail'],
  ])('that differ by %i ms are %s', (apart, state) => {
    const reading = { there: 1_000_000 + apart, before: 1_000_000, after: 1_000_000 };
    expect(judgeClock('PostgreSQL', reading).state).toBe(state);
  });

  it('are compared without the duration of the query', () => {
    expect(judgeClock('Redis', { there: 1_000_000, before: 996_000, after: 1_004_000 }).state).toBe('ok');
  });
});

describe('the process', () => {
  beforeAll(program);

  it('ends with 0 and prints one line for each check, or JSON', async () => {
    const file = configured();
    const { code, stdout, stderr } = await ostiary(['doctor', '-c', file]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^State +Check +Finding\nok +configuration +/);
    for (const line of stdout.trim().split('\n').slice(1)) expect(line).toMatch(/^(ok|warn|fail) +\S.*\.$/);
    const json = await ostiary(['doctor', '-c', file, '--format', 'json']);
    const found = JSON.parse(json.stdout) as Finding[];
    expect(found.find(({ check }) => check === 'migrations')).toEqual({
      ...{ check: 'migrations', state: 'ok', finding: 'all are applied' },
    });
  });

  it('ends with 1 if a check fails', async () => {
    const { code, stdout, stderr } = await ostiary(['doctor', '-c', configured(), '--format', 'json'], {
      SERVE_COOKIES_DOMAIN: 'elsewhere.example',
    });
    expect([code, stderr]).toEqual([1, '1 check failed.\n']);
    expect((JSON.parse(stdout) as Finding[]).filter(({ state }) => state === 'fail')).toHaveLength(1);
  });
});
