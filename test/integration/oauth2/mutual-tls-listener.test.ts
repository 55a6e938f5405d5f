/** The life of the listener for mutual TLS: its connections, a renewed certificate, and its end. */
import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { askTls, type TlsAnswer } from '../../support/ask-tls.js';
import { authority, certificate, type Certificate, inBase64, serverCertificate } from '../../support/certificates.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { send } from '../../support/send.js';
import { startTestServer, type TestServer } from '../../support/server.js';

let database: TestDatabase;
let folder: string;
let root: Certificate;
let first: Certificate;
let second: Certificate;
let server: TestServer;

beforeAll(async () => {
  database = await freshDatabase();
  folder = mkdtempSync(join(tmpdir(), 'mutual-tls-listener-'));
  [root, first, second] = await Promise.all([authority(), serverCertificate(), serverCertificate()]);
  write(first);
  server = await started();
});
afterAll(async () => {
  await server.stop();
  await database.drop();
  rmSync(folder, { recursive: true });
});

const started = (): Promise<TestServer> =>
  startTestServer(database.dsn, {
    serve: {
      mtls: { enabled: true, tls: { cert: { path: join(folder, 'crt') }, key: { path: join(folder, 'key') } } },
    },
    urls: { self: { issuer: 'http://id.example' } },
    oauth2: { mtls: { enabled: true, certificate_authorities: [inBase64(root)] } },
  });

function write({ cert, key }: Certificate): void {
  for (const [name, text] of Object.entries({ crt: cert, key })) {
    writeFileSync(join(folder, 'next'), text);
    renameSync(join(folder, 'next'), join(folder, name));
  }
}

async function created(metadata: object): Promise<string> {
  const body = JSON.stringify({ grant_types: ['client_credentials'], ...metadata });
  const answer = await send('POST', `${server.admin}/admin/clients`, { body });
  expect(answer.status, answer.text).toBe(201);
  return String(answer.json.client_id);
}
const byDns = (): Promise<string> =>
  created({ token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_san_dns: 'a.example' });
const named = (): Promise<Certificate> => certificate({ by: root, names: [{ type: 'dns', value: 'a.example' }] });

const token = (client_id: string, more: Parameters<typeof askTls>[1]): Promise<TlsAnswer> =>
  askTls(`${server.mtls ?? ''}/oauth2/token`, {
    form: { grant_type: 'client_credentials', client_id },
    ca: first,
    ...more,
  });

async function shaken(options: ConnectionOptions = {}, at = server): Promise<TLSSocket> {
  const { port } = new URL(at.mtls ?? '');
  const socket = connect({
    ...{ port: Number(port), host: '127.0.0.1', servername: 'localhost', rejectUnauthorized: false },
    ...options,
  });
  await once(socket, 'secureConnect');
  return socket;
}

describe('a connection with more issuers than are read', () => {
  it('has no certificate, in whichever request', async () => {
    const own = await certificate();
    const issuers = await Promise.all(Array.from({ length: 9 }, (_, i) => authority(`CN=${i}`)));
    const method = 'self_signed_tls_client_auth';
    const client = await created({ token_endpoint_auth_method: method, jwks: { keys: [own.jwk] } });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const answers: number[] = [];
    for (const _ of [1, 2, 3]) answers.push((await token(client, { by: own, issuers, agent })).status);
    agent.destroy();
    expect(answers).toEqual([401, 401, 401]);
    expect((await token(client, { by: own, issuers: issuers.slice(1) })).status).toBe(200);
  });
});

describe('a renewed certificate of the listener', () => {
  it('is served without a restart, and clients are asked for theirs as before', async () => {
    const [client, own] = [await byDns(), await named()];
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    expect((await token(client, { by: own, agent })).status).toBe(200);
    write(second);
    await vi.waitFor(
      async () => {
        const socket = await shaken();
        const served = socket.getPeerX509Certificate()?.raw;
        socket.destroy();
        expect(served?.equals(second.der)).toBe(true);
      },
      { timeout: 20_000 },
    );
    expect((await token(client, { by: own, agent })).status).toBe(200); // the connection from before
    agent.destroy();
    expect((await token(client, { by: own, ca: second })).status).toBe(200);
    expect((await token(client, { ca: second })).status).toBe(401);
  });

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('resumes no session either, with %s', async (maxVersion) => {
    const { cert, key } = await named();
    let session: Buffer | undefined;
    const socket = await shaken({ maxVersion, cert, key });
    socket.on('session', (made: Buffer) => (session = made));
    socket.write('GET /userinfo HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(socket, 'data');
    const again = await shaken({ maxVersion, cert, key, session: session ?? socket.getSession() });
    expect(again.isSessionReused()).toBe(false);
    socket.destroy();
    again.destroy();
  });
});

describe('the end of the server', () => {
  it('closes the connections of the listener, before and after a handshake, and its port', async () => {
    const other = await started();
    const { cert, key } = await named();
    const { port } = new URL(other.mtls ?? '');
    const silent = connectPlain(Number(port), '127.0.0.1');
    await once(silent, 'connect');
    silent.resume();
    const open = await shaken({ cert, key }, other);
    open.write('GET /userinfo HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(open, 'data');
    open.resume();
    const closed = Promise.all([once(silent, 'close'), once(open, 'close')]);
    await other.stop();
    await closed;
    await expect(shaken({}, other)).rejects.toThrow('ECONNREFUSED');
  });
});
