import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DocumentParty } from '../../support/document-party.js';
import { DocumentSite, type SiteAnswer } from '../../support/document-site.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { redisUrl } from '../../support/redis.js';
import { send } from '../../support/send.js';
import { startTestServer, type TestServer } from '../../support/server.js';

describe('a document that breaks a rule', () => {
  let database: TestDatabase;
  let server: TestServer;
  let site: DocumentSite;
  let next = 0;

  const settings = (documents: Record<string, unknown> = {}): Record<string, unknown> => ({
    urls: {
      self: { issuer: 'http://127.0.0.1:9' },
      ...{ login: 'http://ui.example/login', consent: 'http://ui.example/consent', error: 'http://ui.example/error' },
    },
    serve: { public: { trusted_proxies: ['127.0.0.1/32'] } },
    clients: {
      metadata_documents: { enabled: true, timeout: '500ms', blocked_hosts: ['blocked.example'], ...documents },
    },
  });

  beforeAll(async () => {
    [database, site] = [await freshDatabase(), await DocumentSite.start()];
    server = await startTestServer(database.dsn, settings());
  });
  afterAll(async () => {
    await Promise.all([server.stop(), site.stop()]);
    await database.drop();
  });

  /** Each visit comes from another place, so that no pace is reached. */
  const from = (): string => `203.0.113.${String(next++)}`;
  /** The refusal on the error page; no app and no client is reached. */
  const refusal = async (clientId: string, at = server): Promise<string> => {
    const { headers, status, text } = await new DocumentParty(at, clientId, from()).visit();
    const address = headers.get('location') ?? '';
    expect(status === 302 ? address : text).not.toMatch(/login_challenge|app\.example\/cb\?/);
    return status === 302 ? (new URL(address).searchParams.get('error_description') ?? '') : text;
  };
  const path = (): string => `/documents/${String(next++)}`;

  it.each([
    ['another client_id', { client_id: 'https://other.example/c' }, "'client_id'"],
    ['no client_id', { client_id: undefined }, "'client_id'"],
    ['a client_id that is no text', { client_id: 7 }, "'client_id'"],
    ['a secret', { client_secret: 'x' }, "'client_secret'"],
    ['the expiry of a secret', { client_secret_expires_at: 0 }, "'client_secret_expires_at'"],
    ['a method with a secret', { token_endpoint_auth_method: 'client_secret_basic' }, "'token_endpoint_auth_method'"],
    ['a method with a certificate', { token_endpoint_auth_method: 'tls_client_auth' }, "'token_endpoint_auth_method'"],
    ['private_key_jwt without keys', { token_endpoint_auth_method: 'private_key_jwt' }, 'jwks'],
    ['a private key', { jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'a', y: 'b', d: 'c' }] } }, "'d'"],
    ['no redirect URI', { redirect_uris: [] }, "'redirect_uris'"],
    ['a redirect URI in plain http', { redirect_uris: ['http://app.example/cb'] }, "'redirect_uris'"],
    ['a redirect URI that a browser runs', { redirect_uris: ['javascript:alert(1)'] }, "'redirect_uris'"],
    ['redirect URIs that are no list', { redirect_uris: 'https://app.example/cb' }, 'redirect_uris'],
    ['a logo that a browser runs', { logo_uri: 'javascript:alert(1)' }, "'logo_uri'"],
    ['a page in plain http', { client_uri: 'http://app.example/' }, "'client_uri'"],
    ['keys in plain http', { jwks_uri: 'http://app.example/keys' }, "'jwks_uri'"],
    ['a name with control characters', { client_name: 'a\u202eb' }, "'client_name'"],
    ['no grant type that it may have', { grant_types: ['client_credentials'] }, "'grant_types'"],
    ['no response type that it may have', { response_types: ['token'] }, "'response_types'"],
    ['6 KiB', { client_name: 'x'.repeat(6_144) }, '5120 bytes'],
  ])('with %s is refused, and named', async (_, over, named) => {
    expect(await refusal(site.publish(path(), over))).toContain(named);
  });

  it.each<[string, SiteAnswer | undefined]>([
    ['a redirect', { status: 302, headers: { location: '/elsewhere' } }],
    ['404', { status: 404, body: {} }],
    ['500', { status: 500, body: {} }],
    ['201', { status: 201, body: {} }],
    ['HTML', { headers: { 'content-type': 'text/html' }, body: '<html>' }],
    ['a list', { body: [] }],
    ['no JSON', { body: '{' }],
    ['a member twice', { body: '{"client_id":"a","client_id":"b"}' }],
    ['silence', undefined],
  ])('that is answered with %s is refused, and no second one is asked for', async (_, answer) => {
    const id = site.on(path(), () => answer);
    expect(await refusal(id)).toContain('document');
    expect(await refusal(id)).toContain('document'); // within the pause
    expect([site.count(new URL(id).pathname), site.count('/elsewhere')]).toEqual([1, 0]);
  });

  it.each([
    'http://127.0.0.1/c',
    'https://app.example',
    'https://app.example/',
    'https://app.example/a/../c',
    'https://app.example/c#f',
    'https://user:password@app.example/c',
    'https://blocked.example/c',
  ])('at %s is that of an unknown client, without a fetch', async (id) => {
    expect(await refusal(id)).toContain('No client is registered');
  });

  it('at a private address is refused as one that does not answer is', async () => {
    const unreachable = await refusal('https://nobody.invalid/c');
    expect(unreachable).toContain('cannot be fetched');
    for (const host of ['10.0.0.1', '169.254.169.254', '[::ffff:10.0.0.1]', '192.168.1.1', '0x0a000001']) {
      expect(await refusal(`https://${host}/c`)).toBe(unreachable);
    }
  });

  it('at a loopback address is refused where the server is not on one', async () => {
    const elsewhere = await startTestServer(database.dsn, {
      ...settings(),
      urls: { self: { issuer: 'http://id.example' }, error: 'http://ui.example/error' },
    });
    const id = site.publish(path());
    expect(await refusal(id, elsewhere)).toContain('cannot be fetched');
    expect(site.count(new URL(id).pathname)).toBe(0);
    await elsewhere.stop();
  });

  it('is never fetched at the token endpoint', async () => {
    const id = site.publish(path());
    const { status, json } = await new DocumentParty(server, id).refresh('ory_rt_x');
    expect([status, json.error, site.count(new URL(id).pathname)]).toEqual([401, 'invalid_client', 0]);
  });

  it.each(['PostgreSQL', 'Redis'])(
    'and those of 1,000 addresses from one place are few on all replicas with %s',
    async (store) => {
      const fresh = await freshDatabase();
      const over = store === 'Redis' ? { redis: { url: redisUrl(), prefix: `documents-${String(Date.now())}` } } : {};
      const replicas = [await startTestServer(fresh.dsn, { ...settings(), ...over })];
      replicas.push(await startTestServer(fresh.dsn, { ...settings(), ...over }));
      const flood = await DocumentSite.start();
      const visit = (n: number): Promise<number> => {
        const at = replicas[n % 2]!;
        return new DocumentParty(at, flood.publish(`/flood/${String(n)}`), '198.51.100.7')
          .visit()
          .then((a) => a.status);
      };
      const statuses: number[] = [];
      for (let n = 0; n < 1_000; n += 50) {
        statuses.push(...(await Promise.all(Array.from({ length: 50 }, (_, i) => visit(n + i)))));
      }
      expect(flood.requests.length).toBeLessThanOrEqual(20); // the windows of two minutes at most
      expect(flood.requests.length).toBeGreaterThanOrEqual(10);
      expect(statuses.filter((status) => status === 429).length).toBe(1_000 - flood.requests.length);
      const honest = await new DocumentParty(replicas[0]!, flood.publish('/honest'), '198.51.100.8').visit();
      expect(honest.headers.get('location')).toContain('login_challenge');
      await Promise.all([...replicas.map((one) => one.stop()), flood.stop()]);
      await fresh.drop();
    },
  );

  it('has no row and no flow', async () => {
    const list = await send('GET', `${server.admin}/admin/clients?metadata_document=true`);
    expect(JSON.parse(list.text)).toEqual([]);
  });
});
