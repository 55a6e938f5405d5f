/** Clients that authenticate with a certificate (RFC 8705): on the listener for it, and through a trusted proxy. */
import { readFile } from 'node:fs/promises';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { once } from 'node:events';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askTls, type TlsAnswer } from '../../support/ask-tls.js';
import { authority, certificate, type Certificate, inBase64, serverCertificate } from '../../support/certificates.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { Receiver } from '../../support/receiver.js';
import { send } from '../../support/send.js';
import { startTestServer, type TestServer } from '../../support/server.js';

const MTLS = 'https://mtls.example';
const HEADERS = { header: 'Client-Cert', chain_header: 'Client-Cert-Chain', format: 'rfc9440' };

let database: TestDatabase;
let folder: string;
let root: Certificate;
let between: Certificate;
let ofServer: Certificate;
let server: TestServer;
const mtls = (): string => server.mtls ?? '';

const settings = (proxy: object = HEADERS) => ({
  log: { level: 'fatal', audit: join(folder, 'audit') },
  serve: {
    public: { trusted_proxies: ['127.0.0.1/32'] },
    mtls: {
      enabled: true,
      tls: { cert: inBase64(ofServer), key: { base64: Buffer.from(ofServer.key).toString('base64') } },
    },
  },
  urls: { self: { issuer: 'http://id.example', mtls: `${MTLS}/` } },
  oauth2: {
    mtls: { enabled: true, certificate_authorities: [inBase64(root)], proxy },
    introspection: { public: true },
    pushed_authorization_requests: { enabled: true },
  },
  oidc: { dynamic_client_registration: { enabled: true } },
});

beforeAll(async () => {
  database = await freshDatabase();
  folder = mkdtempSync(join(tmpdir(), 'mutual-tls-'));
  [root, ofServer] = await Promise.all([authority(), serverCertificate()]);
  between = await authority('O=Trust, CN=Between', { by: root });
  server = await startTestServer(database.dsn, settings());
});
afterAll(async () => {
  await server.stop();
  await database.drop();
  rmSync(folder, { recursive: true });
});

const SERVICE = { grant_types: ['client_credentials'], token_endpoint_auth_method: 'tls_client_auth' };
async function created(metadata: object): Promise<string> {
  const answer = await send('POST', `${server.admin}/admin/clients`, {
    body: JSON.stringify({ ...SERVICE, ...metadata }),
  });
  expect(answer.status, answer.text).toBe(201);
  return String(answer.json.client_id);
}
const byDns = (name = 'a.example'): Promise<string> => created({ tls_client_auth_san_dns: name });
const named = (name = 'a.example', by: Certificate = root): Promise<Certificate> =>
  certificate({ by, names: [{ type: 'dns', value: name }] });
const form = (client_id: string, more = {}) => ({ grant_type: 'client_credentials', client_id, ...more });
const item = ({ der }: Certificate): string => `:${der.toString('base64')}:`;

/** At the listener for mutual TLS. */
const direct = (client: string, by?: Certificate, more: Parameters<typeof askTls>[1] = {}): Promise<TlsAnswer> =>
  askTls(`${mtls()}/oauth2/token`, { form: form(client), ca: ofServer, by, ...more });
/** At the public listener, with these headers. */
const proxied = (client: string, headers: Record<string, string | string[]>, at = server): Promise<TlsAnswer> =>
  askTls(`${at.public}/oauth2/token`, { form: form(client), headers });
const granted = ({ status, json, text }: TlsAnswer): void => {
  expect([status, typeof json.access_token], text).toEqual([200, 'string']);
};
const refused = ({ status, json, text }: TlsAnswer): void => {
  expect([status, json.error], text).toEqual([401, 'invalid_client']);
};

async function rejections(clientId: string): Promise<unknown[]> {
  const lines = (await readFile(join(folder, 'audit'), 'utf8')).trim().split('\n');
  const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  return events
    .filter((event) => event.type === 'mtls.rejected' && event.client_id === clientId)
    .map(({ reason }) => reason);
}

describe('the listener for mutual TLS', () => {
  it('authenticates a client by the certificate of its connection, with the issuers that it sends', async () => {
    const [client, one] = [await byDns(), await named()];
    granted(await direct(client, one));
    granted(await direct(client, await named('A.Example', between), { issuers: [between] }));
    refused(await direct(client, await named('a.example', between)));
  });

  it('answers every other certificate with one text, and tells the operator why', async () => {
    const client = await byDns();
    const expired = await certificate({
      by: root,
      names: [{ type: 'dns', value: 'a.example' }],
      to: new Date(Date.now() - 1_000),
    });
    const answers = [
      await direct(client),
      await direct(client, await named('b.example')),
      await direct(client, await certificate({ names: [{ type: 'dns', value: 'a.example' }] })),
      await direct(client, await named('a.example', await authority())),
      await direct(client, expired),
      await direct(client, await certificate({ by: root, subject: 'CN=a.example' })),
      await direct('no-such-client', await named()),
    ];
    answers.forEach(refused);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await rejections(client)).toEqual([
      ...['no_certificate', 'wrong_subject', 'untrusted', 'untrusted', 'expired', 'wrong_subject'],
    ]);
  });

  it('does not believe headers, and other listeners do not ask for a certificate', async () => {
    const [client, one] = [await byDns(), await named()];
    refused(await direct(client, undefined, { headers: { 'client-cert': item(one) } }));
    refused(await proxied(client, {}));
  });

  it('takes a certificate with every request of a connection, and resumes no session', async () => {
    const [client, one] = [await byDns(), await named('a.example', between)];
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const more = { issuers: [between], agent };
    for (const _ of [1, 2]) granted(await direct(client, one, more));
    agent.destroy();
    const { port } = new URL(mtls());
    const options = {
      port: Number(port),
      host: '127.0.0.1',
      ca: ofServer.cert,
      cert: one.cert,
      key: one.key,
      servername: 'localhost',
    };
    for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
      const first = connect({ ...options, maxVersion });
      let session = undefined as Buffer | undefined;
      first.on('session', (made) => (session = made));
      await once(first, 'secureConnect');
      first.write(`GET /userinfo HTTP/1.1\r\nHost: x\r\n\r\n`);
      await once(first, 'data');
      const again = connect({ ...options, maxVersion, session: session ?? first.getSession() });
      await once(again, 'secureConnect');
      expect([maxVersion, again.isSessionReused()]).toEqual([maxVersion, false]);
      first.destroy();
      again.destroy();
    }
  });

  it('speaks TLS 1.2 and later', async () => {
    const { port } = new URL(mtls());
    const old = connect({
      port: Number(port),
      host: '127.0.0.1',
      rejectUnauthorized: false,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    const [error] = (await once(old, 'error').catch((cause: unknown) => [cause])) as [Error];
    expect(error).toBeInstanceOf(Error);
    const plain = await askTls(`${mtls().replace('https', 'http')}/oauth2/token`, { form: form('any') });
    expect(plain.status).toBe(400);
  });

  it('serves the endpoints that clients call, which are the aliases of discovery, and nothing else', async () => {
    const { json } = await send('GET', `${server.public}/.well-known/openid-configuration`);
    const aliases = json.mtls_endpoint_aliases as Record<string, string>;
    expect(Object.keys(aliases).sort()).toEqual([
      ...['device_authorization_endpoint', 'introspection_endpoint', 'pushed_authorization_request_endpoint'],
      ...['registration_endpoint', 'revocation_endpoint', 'token_endpoint', 'userinfo_endpoint'],
    ]);
    for (const [name, alias] of Object.entries(aliases)) {
      expect(alias.startsWith(`${MTLS}/`), alias).toBe(true);
      expect(alias.slice(MTLS.length), name).toBe(new URL(String(json[name])).pathname);
      const at = alias.replace(MTLS, mtls());
      const method = name === 'userinfo_endpoint' ? 'GET' : 'POST';
      expect((await askTls(at, { method, ca: ofServer })).status, name).not.toBe(404);
    }
    for (const path of [
      ...['/oauth2/auth', '/oauth2/device/verify', '/oauth2/sessions/logout', '/credentials', '/health/alive', '/'],
      ...['/.well-known/openid-configuration', '/.well-known/jwks.json', '/admin/clients', '/clients', '/version'],
      ...['//oauth2/token', '/oauth2/token/x', '/oauth2/%74oken', '/oauth2/fallbacks/login', '/metrics/prometheus'],
    ]) {
      for (const method of ['GET', 'POST'])
        expect((await askTls(mtls() + path, { method, ca: ofServer })).status, `${method} ${path}`).toBe(404);
    }
  });
});

describe('the certificate in a header of a trusted proxy', () => {
  it('authenticates a client, with the issuers in the other header', async () => {
    const client = await byDns();
    granted(await proxied(client, { 'client-cert': item(await named()) }));
    const one = await named('a.example', between);
    granted(await proxied(client, { 'client-cert': item(one), 'client-cert-chain': item(between) }));
    refused(await proxied(client, { 'client-cert': item(one) }));
  });

  it('must come once', async () => {
    const [client, one] = [await byDns(), await named()];
    const repeated: Record<string, string | string[]>[] = [
      { 'client-cert': [item(one), item(one)] },
      { 'client-cert': [item(one), 'x'] },
      { 'client-cert': item(one), 'client-cert-chain': [item(between), item(root)] },
    ];
    for (const headers of repeated) {
      const { status, json } = await proxied(client, headers);
      expect([status, json.error]).toEqual([400, 'invalid_request']);
    }
    const browsing = await askTls(`${server.public}/oauth2/auth`, { headers: { 'client-cert': ['a', 'b'] } });
    expect(browsing.status).toBe(400);
  });

  it('is refused like none where it is not of the format', async () => {
    const [client, one] = [await byDns(), await named()];
    const answers = await Promise.all(
      [encodeURIComponent(one.cert), one.der.toString('base64'), ':x:', ':aGVsbG8=:', `:${'A'.repeat(33_000)}:`].map(
        (value) => proxied(client, { 'client-cert': value }),
      ),
    );
    answers.forEach(refused);
    expect(new Set([...answers, await proxied(client, {})].map(({ text }) => text)).size).toBe(1);
    expect((await rejections(client)).filter((reason) => reason === 'unreadable')).toHaveLength(answers.length);
  });

  it('is nothing from anybody else', async () => {
    const other = await startTestServer(database.dsn, {
      ...settings(),
      serve: { ...settings().serve, public: { trusted_proxies: ['192.0.2.0/24'] } },
    });
    const [client, one] = [await byDns(), await named()];
    refused(await proxied(client, { 'client-cert': item(one) }, other));
    refused(await proxied(client, { 'client-cert': [item(one), item(one)] }, other));
    await other.stop();
  });

  it.each([
    [
      'xfcc',
      'x-forwarded-client-cert',
      (one: Certificate) => `By=spiffe://a;Hash=b,By=spiffe://c;Cert="${encodeURIComponent(one.cert)}"`,
    ],
    ['pem', 'x-ssl-client-cert', (one: Certificate) => encodeURIComponent(one.cert)],
    ['der', 'x-client-der', (one: Certificate) => one.der.toString('base64')],
  ])('may have the format %s', async (format, header, value) => {
    const other = await startTestServer(database.dsn, settings({ header, format }));
    const [client, one] = [await byDns(), await named()];
    granted(await proxied(client, { [header]: value(one) }, other));
    refused(await proxied(client, { [header]: value(await named('b.example')) }, other));
    refused(await proxied(client, { [header]: item(one) }, other));
    const odd = fc.array(
      fc.constantFrom(value(one).slice(0, 40), ',', ';', '"', '\\', '=', '%', ':', '(', 'Cert=', 'YQ==', ' '),
    );
    await fc.assert(
      fc.asyncProperty(odd, async (parts) => {
        refused(await proxied(client, { [header]: parts.join('').trim() }, other));
      }),
      { numRuns: 25 },
    );
    await other.stop();
  });

  it('leaves nothing of the certificate in the audit log', async () => {
    const client = await byDns();
    const one = await certificate({ by: root, names: [{ type: 'dns', value: 'not-in-the-log.example' }] });
    refused(await proxied(client, { 'client-cert': item(one) }));
    const log = await readFile(join(folder, 'audit'), 'utf8');
    expect(log).not.toContain('not-in-the-log');
    expect(log).not.toContain(one.der.toString('base64').slice(40, 80));
  });
});

describe('what a client registers', () => {
  it.each([
    [{ tls_client_auth_subject_dn: 'CN=client,O=Acme,C=CH' }, {}],
    [{ tls_client_auth_subject_dn: 'cn=CLIENT,o=acme,c=ch' }, {}],
    [{ tls_client_auth_san_uri: 'spiffe://mesh/a' }, { type: 'url', value: 'spiffe://mesh/a' }],
    [{ tls_client_auth_san_ip: '2001:db8:0::7' }, { type: 'ip', value: '2001:db8::7' }],
    [{ tls_client_auth_san_email: 'ops@A.example' }, { type: 'email', value: 'ops@a.Example' }],
  ] as const)('is what its certificate must say: %j', async (metadata, name) => {
    const client = await created(metadata);
    const names = 'type' in name ? [name] : undefined;
    granted(await direct(client, await certificate({ by: root, names })));
    refused(await direct(client, await certificate({ by: root, subject: 'C=CH, O=Acme, CN=other' })));
  });

  it('is shown, and may change: the connection that authenticated does not any more', async () => {
    const client = await byDns('old.example');
    const one = await named('old.example');
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    granted(await direct(client, one, { agent }));
    const address = `${server.admin}/admin/clients/${client}`;
    expect((await send('GET', address)).json).toMatchObject({ tls_client_auth_san_dns: 'old.example' });
    await send('PUT', address, { body: JSON.stringify({ ...SERVICE, tls_client_auth_san_dns: 'new.example' }) });
    refused(await direct(client, one, { agent }));
    granted(await direct(client, await named('new.example')));
    agent.destroy();
  });

  it('may be certificates that nobody issued, by value or by address', async () => {
    const [one, two, other] = await Promise.all([certificate(), certificate({ key: 'rsa' }), certificate()]);
    const method = 'self_signed_tls_client_auth';
    const byValue = await created({ token_endpoint_auth_method: method, jwks: { keys: [one.jwk, two.jwk] } });
    const published = await Receiver.open();
    published.answer = (response) => response.end(JSON.stringify({ keys: [one.jwk] }));
    const byAddress = await created({ token_endpoint_auth_method: method, jwks_uri: `${published.url}/keys` });
    for (const client of [byValue, byAddress]) {
      granted(await direct(client, one));
      refused(await direct(client, other));
      refused(await direct(client, await certificate({ by: root })));
      refused(await direct(client));
    }
    granted(await direct(byValue, two));
    await published.close();
  });

  it('does not make an expired certificate count', async () => {
    const old = await certificate({ to: new Date(Date.now() - 1_000) });
    const client = await created({
      token_endpoint_auth_method: 'self_signed_tls_client_auth',
      jwks: { keys: [old.jwk] },
    });
    refused(await direct(client, old));
    expect(await rejections(client)).toEqual(['expired']);
  });

  it('is one method: a secret beside is another, and a certificate beside a secret is none', async () => {
    const [client, one] = [await byDns(), await named()];
    refused(await direct(client, one, { form: form(client, { client_secret: 'a-secret' }) }));
    const basic = `Basic ${Buffer.from(`${client}:`).toString('base64')}`;
    refused(
      await direct(client, one, { form: { grant_type: 'client_credentials' }, headers: { authorization: basic } }),
    );
    const secret = 'a-secret-of-the-test';
    const other = await created({ token_endpoint_auth_method: 'client_secret_post', client_secret: secret });
    granted(await direct(other, one, { form: form(other, { client_secret: secret }) }));
    granted(await direct(other, undefined, { form: form(other, { client_secret: secret }) }));
  });
});
