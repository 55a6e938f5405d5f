/** The example of the guide docs/guides/mutual-tls.md, which shows its certificate with openid-client. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authority, certificate, type Certificate, serverCertificate } from '../support/certificates.js';
import { freePorts } from '../support/free-ports.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { root } from './support/built.js';
import { type Demo, startDemo } from './support/demo-process.js';

const CLIENT = {
  ...{ client_id: 'service-a', grant_types: ['client_credentials'], token_endpoint_auth_method: 'tls_client_auth' },
  ...{ tls_client_auth_subject_dn: 'CN=service-a,O=Acme,C=CH', tls_client_certificate_bound_access_tokens: true },
};

describe('the example of mutual TLS', () => {
  let database: TestDatabase;
  let demo: Demo;
  let folder: string;
  let own: Certificate;
  let other: Certificate;
  const path = (name: string): string => join(folder, name);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mutual-tls-'));
    const [ca, ofServer] = await Promise.all([authority(), serverCertificate()]);
    own = await certificate({ by: ca, subject: 'C=CH, O=Acme, CN=service-a' });
    other = await certificate({ by: ca, subject: 'C=CH, O=Acme, CN=service-b' });
    const files = { 'ca.pem': ca.cert, 'server.pem': ofServer.cert, 'server.key': ofServer.key };
    for (const [name, text] of Object.entries(files)) await writeFile(path(name), text);
    for (const [name, one] of Object.entries({ own, other })) {
      await writeFile(path(`${name}.pem`), one.cert);
      await writeFile(path(`${name}.key`), one.key);
    }
    database = await freshDatabase();
    const [port = 0] = await freePorts(1);
    demo = await startDemo({
      DSN: database.dsn,
      SECRETS_SYSTEM: 'a-system-secret-of-the-tests',
      OAUTH2_MTLS_ENABLED: 'true',
      OAUTH2_MTLS_CERTIFICATE_AUTHORITIES: JSON.stringify([{ path: path('ca.pem') }]),
      SERVE_MTLS_ENABLED: 'true',
      SERVE_MTLS_HOST: '127.0.0.1',
      SERVE_MTLS_PORT: String(port),
      SERVE_MTLS_TLS_CERT_PATH: path('server.pem'),
      SERVE_MTLS_TLS_KEY_PATH: path('server.key'),
      URLS_SELF_MTLS: `https://localhost:${String(port)}`,
    });
    await fetch(`${demo.urls.admin}/admin/clients`, { method: 'POST', body: JSON.stringify(CLIENT) });
  });
  afterAll(async () => {
    await demo.stop();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  function run(name: string): Promise<{ stdout: string }> {
    const files = { CERT: path(`${name}.pem`), KEY: path(`${name}.key`), CA: path('server.pem') };
    const env = { ...process.env, ISSUER: demo.urls.issuer, CLIENT_ID: CLIENT.client_id, ...files };
    return promisify(execFile)(process.execPath, ['examples/mutual-tls/main.mjs'], { cwd: root, env });
  }

  it('gets a token that is bound to its certificate', async () => {
    const { access_token: token } = JSON.parse((await run('own')).stdout) as { access_token: string };
    const body = new URLSearchParams({ token });
    const answer = await fetch(`${demo.urls.admin}/admin/oauth2/introspect`, { method: 'POST', body });
    expect(await answer.json()).toMatchObject({ active: true, cnf: { 'x5t#S256': own.thumbprint } });
  });

  it('gets none with the certificate of another service', async () => {
    await expect(run('other')).rejects.toThrow(/invalid_client/);
  });
});
