/**
 * Clients of others under FAPI 2.0, over https: openid-client, oauth4webapi, and one in Go without any library. Each is a process of
 * its own in test/e2e/fapi-clients, with DPoP and with a certificate.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:https';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { generateKeyPair, exportJWK } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { selfSignedCertificate } from '../../src/crypto/self-signed-certificate.js';
import { Folder } from '../integration/config/folder.js';
import { CookieBrowser } from '../support/cookie-browser.js';
import { freePorts } from '../support/free-ports.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { type Answer, send } from '../support/send.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { root } from './support/built.js';

const CALLBACK = 'https://app.example/cb';

/** The path of a Go compiler; undefined where there is none. */
const go = ['go', '/usr/local/go/bin/go'].find((path) => {
  try {
    return execFileSync(path, ['version'], { stdio: ['ignore', 'pipe', 'ignore'] }).length > 0;
  } catch {
    return false;
  }
});
if (go === undefined) process.stderr.write('The client in Go is left out: there is no Go here.\n');

/** How the tokens are bound. */
type Binding = 'dpop' | 'mtls';
const BINDINGS: readonly Binding[] = ['dpop', 'mtls'];

/** A browser that trusts the certificate of the test. */
class TlsBrowser extends CookieBrowser {
  constructor(
    server: TestServer,
    private readonly origin: string,
    private readonly ca: string,
  ) {
    super(server);
  }

  override async go(address: string): Promise<Answer> {
    const url = new URL(address, this.origin);
    const { ca } = this;
    const answer = await new Promise<Answer>((resolve, reject) => {
      const options = { ca, headers: { cookie: this.cookie }, agent: false as const };
      get(url, options, (response) => {
        response.resume().once('error', reject);
        const headers = new Headers();
        for (const [name, value] of Object.entries(response.headers)) {
          for (const one of [value].flat()) if (one !== undefined) headers.append(name, one);
        }
        response.once('end', () => {
          resolve({ status: response.statusCode ?? 0, headers, text: '', json: {} });
        });
      }).once('error', reject);
    });
    this.keep(answer);
    return answer;
  }
}

describe('over https', () => {
  const folder = new Folder();
  let database: TestDatabase;
  let server: TestServer;
  let issuer: string;
  let ca: string;
  let own: { key: string; cert: string };

  beforeAll(async () => {
    database = await freshDatabase();
    const made = await selfSignedCertificate({ commonName: 'localhost', hosts: [], days: 2 }, new Date());
    own = await selfSignedCertificate({ commonName: 'a client', hosts: [], days: 2 }, new Date());
    ca = made.cert;
    const pem = (text: string) => ({ base64: Buffer.from(text).toString('base64') });
    const tls = { enabled: true, cert: pem(made.cert), key: pem(made.key) };
    const [onPublic = 0, onMtls = 0] = await freePorts(2);
    issuer = `https://localhost:${String(onPublic)}`;
    server = await startTestServer(
      database.dsn,
      {
        urls: {
          self: { issuer, mtls: `https://localhost:${String(onMtls)}` },
          ...{ login: 'http://ui.example/login', consent: 'http://ui.example/consent' },
        },
        serve: {
          public: { tls },
          mtls: { enabled: true, host: '127.0.0.1', port: onMtls, tls: { cert: tls.cert, key: tls.key } },
        },
        keys: { algorithm: 'ES256' },
        oauth2: {
          security_profile: 'fapi-2.0',
          pushed_authorization_requests: { enabled: true },
          dpop: { enabled: true },
          mtls: { enabled: true },
        },
        ttl: { pushed_authorization_request: '9m' },
      },
      { ports: { public: onPublic, mtls: onMtls } },
    );
    for (const [name, text] of Object.entries({ 'ca.pem': ca, 'client.pem': own.cert, 'client-key.pem': own.key })) {
      folder.write(name, text);
    }
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
    folder.remove();
  });

  /** Runs the program: it gets the client, asks for one visit of a browser, and says what came of it. */
  async function run(command: string[], binding: Binding): Promise<Record<string, unknown>> {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const registered = await send('POST', `${server.admin}/admin/clients`, {
      body: JSON.stringify({
        ...{
          grant_types: ['authorization_code', 'refresh_token'],
          response_types: ['code'],
          redirect_uris: [CALLBACK],
        },
        ...{ scope: 'openid offline_access', token_endpoint_auth_method: 'private_key_jwt' },
        jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: 'client', alg: 'ES256', use: 'sig' }] },
        [binding === 'dpop' ? 'dpop_bound_access_tokens' : 'tls_client_certificate_bound_access_tokens']: true,
      }),
    });
    expect(registered.status, registered.text).toBe(201);
    const [program = '', ...args] = command;
    const child = spawn(program, args, {
      cwd: root,
      stdio: ['pipe', 'pipe', 'inherit'],
      env: {
        ...process.env,
        ...{ ISSUER: issuer, CLIENT_ID: String(registered.json.client_id), REDIRECT_URI: CALLBACK, BINDING: binding },
        CLIENT_KEY: JSON.stringify({ ...(await exportJWK(privateKey)), kid: 'client' }),
        NODE_EXTRA_CA_CERTS: join(folder.path, 'ca.pem'),
        CLIENT_CERT: join(folder.path, 'client.pem'),
        CLIENT_CERT_KEY: join(folder.path, 'client-key.pem'),
      },
    });
    const ended = once(child, 'exit');
    const lines: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      if (lines.length > 1) break;
      const { url } = await new TlsBrowser(server, issuer, ca).walk(line);
      child.stdin.end(`${url?.href ?? ''}\n`);
    }
    expect(await ended).toEqual([0, null]);
    return JSON.parse(lines[1] ?? '{}') as Record<string, unknown>;
  }

  const CLIENTS: [string, string[] | undefined][] = [
    ['openid-client', [process.execPath, 'test/e2e/fapi-clients/openid-client.mjs']],
    ['oauth4webapi', [process.execPath, 'test/e2e/fapi-clients/oauth4webapi.mjs']],
    ['a client in Go', go === undefined ? undefined : [go, 'run', 'test/e2e/fapi-clients/client.go']],
  ];

  describe.each(CLIENTS)('%s', (_, command) => {
    it.skipIf(command === undefined).each(BINDINGS)(
      'gets tokens that are bound by %s, refreshes them and asks userinfo',
      async (binding) => {
        const { tokenType, accessToken, sub, isKept } = await run(command ?? [], binding);
        expect([String(tokenType).toLowerCase(), sub, isKept]).toEqual([
          binding === 'dpop' ? 'dpop' : 'bearer',
          'alice',
          true,
        ]);
        const body = new URLSearchParams({ token: String(accessToken) });
        const { json } = await send('POST', `${server.admin}/admin/oauth2/introspect`, { body });
        expect(Object.keys(json.cnf as object)).toEqual([binding === 'dpop' ? 'jkt' : 'x5t#S256']);
      },
      180_000,
    );
  });
});
