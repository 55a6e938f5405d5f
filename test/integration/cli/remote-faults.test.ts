import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { selfSignedCertificate } from '../../../src/crypto/self-signed-certificate.js';
import { freePort } from '../../support/free-ports.js';
import { type Ended, ostiary, program } from './ostiary.js';

let server: Server | undefined;

beforeAll(program);

afterEach(() => {
  server?.close();
  server?.closeAllConnections();
  server = undefined;
});

async function listen(listener: RequestListener, tls?: { key: string; cert: string }): Promise<string> {
  server = tls ? createHttpsServer(tls, listener) : createServer(listener);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const get = (endpoint: string, ...more: string[]): Promise<Ended> =>
  ostiary(['get', 'client', 'a-client', '-e', endpoint, ...more]);

function refused({ code, stdout, stderr }: Ended): string {
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).not.toMatch(/\n\s+at /); // contains no stack
  return stderr;
}

const client = JSON.stringify({ client_id: 'a-client' });

describe('a server with a fault', () => {
  it('is not running', async () => {
    const port = await freePort();
    expect(refused(await get(`http://127.0.0.1:${port}`))).toContain(`http://127.0.0.1:${port} refused the connection`);
    expect(refused(await get('http://no-such-host.invalid'))).toContain('cannot be reached');
  });

  it('answers with HTML', async () => {
    const endpoint = await listen((_, response) => response.setHeader('content-type', 'text/html').end('<html>'));
    expect(refused(await get(endpoint))).toContain('answered 200 with text/html instead of JSON');
  });

  it('is a proxy that answers 502 in HTML', async () => {
    const endpoint = await listen((_, response) =>
      response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>'),
    );
    expect(refused(await get(endpoint))).toContain('answered 502 with text/html instead of JSON');
  });

  it('answers with other JSON', async () => {
    const endpoint = await listen((_, response) => response.end('{"status":"ok"}'));
    expect(refused(await get(endpoint))).toContain('holds no client');
    expect(refused(await ostiary(['list', 'clients', '-e', endpoint]))).toContain('no list');
    expect(refused(await ostiary(['get', 'jwk', 'a', '-e', endpoint]))).toContain('holds no keys');
    expect(refused(await ostiary(['introspect', 'token', 'a', '-e', endpoint]))).toContain('says nothing of a token');
    expect(refused(await ostiary(['get', 'trusted-issuer', 'a', '-e', endpoint]))).toContain('no trusted issuer');
    const credentials = ['--client-id', 'a', '--client-secret', 'b'];
    const perform = ['perform', 'client-credentials', '-e', endpoint, ...credentials];
    expect(refused(await ostiary(perform))).toContain('holds no access token');
  });

  it('redirects', async () => {
    const endpoint = await listen((_, response) =>
      response.writeHead(308, { location: 'https://there.example/' }).end(),
    );
    expect(refused(await get(endpoint))).toContain('points to https://there.example/');
  });

  it('answers with nested errors', async () => {
    const error = { code: 404, message: 'Not Found', reason: 'No such route.' };
    const endpoint = await listen((_, response) => response.writeHead(404).end(JSON.stringify({ error })));
    expect(refused(await get(endpoint))).toBe(
      `GET ${endpoint}/admin/clients/a-client answered 404:\nNot Found\nNo such route.\n`,
    );
  });

  it('closes the connection', async () => {
    const endpoint = await listen((request) => request.socket.destroy());
    expect(refused(await get(endpoint))).toContain('closed the connection without an answer');
  });

  it('breaks off in the middle of an answer', async () => {
    const endpoint = await listen((request, response) => {
      response.writeHead(200, { 'content-length': 1000 });
      response.write('{"client_id"', () => request.socket.destroy());
    });
    expect(refused(await get(endpoint))).toContain(endpoint);
  });

  it('sends nothing for ten seconds', async () => {
    const endpoint = await listen(() => undefined);
    expect(refused(await get(endpoint))).toContain('did not answer within 10 seconds');
  });

  it('sends its answer slowly beyond the time limit', async () => {
    const endpoint = await listen((_, response) => {
      const drip = setInterval(() => response.write(' '), 500);
      response.on('close', () => {
        clearInterval(drip);
      });
    });
    expect(refused(await get(endpoint))).toContain('did not answer within 10 seconds');
  });

  it('has a certificate from an unknown authority', async () => {
    const tls = await selfSignedCertificate({ commonName: 'a server', hosts: [], days: 7 }, new Date());
    const endpoint = await listen((_, response) => response.end(client), tls);
    expect(refused(await get(endpoint))).toContain('pass --skip-tls-verify');
    expect(await get(endpoint, '--skip-tls-verify', '-q')).toMatchObject({ code: 0, stdout: 'a-client\n' });
    expect(refused(await get(endpoint.replace('https', 'http')))).toContain('is it https');
  });

  it('does not support TLS', async () => {
    const endpoint = await listen((_, response) => response.end(client));
    expect(refused(await get(endpoint.replace('http', 'https')))).toContain('does not speak TLS');
  });
});

describe('headers and address', () => {
  it('are sent as given, also a value with colons', async () => {
    const seen: unknown[] = [];
    const endpoint = await listen(({ headers, url }, response) => {
      seen.push(url, headers.authorization, headers['x-tenant']);
      response.end(client);
    });
    const headers = ['-H', 'Authorization: Bearer a:b:c', '--http-header', 'X-Tenant:7'];
    expect((await get(`${endpoint}/behind/a/proxy//`, ...headers)).code).toBe(0);
    expect(seen).toEqual(['/behind/a/proxy/admin/clients/a-client', 'Bearer a:b:c', '7']);
  });

  it.each([
    [['-e', 'http://127.0.0.1:9', '-H', 'no colon'], "'Name: value'"],
    [['-e', 'http://127.0.0.1:9', '-H', 'a b: c'], "'Name: value'"],
    [['-e', 'http://127.0.0.1:9', '-H', 'a: b\nc: d'], "'Name: value'"],
    [['-e', 'localhost:4445'], 'is no address'],
    [['-e', 'ftp://localhost'], 'is no address'],
    [['-e', ''], 'ORY_SDK_URL'],
    [[], 'ORY_SDK_URL'],
  ])('are refused: %j', async (args, message) => {
    expect(refused(await ostiary(['get', 'client', 'x', ...args]))).toContain(message);
  });
});

describe('bad usage of client commands', () => {
  it.each([
    [['get', 'client'], "missing required argument 'id'"],
    [['create', 'client', '--metadata', '{'], 'Write JSON'],
    [['create', 'client', '--scope', '"a'], 'quotes do not match'],
    [['list', 'clients', '--page-size', '0'], 'from 1'],
    [['update', 'client'], "missing required argument 'id'"],
    [['update', 'client', 'a', 'b'], 'too many arguments'],
    [['create', 'nothing'], "unknown command 'nothing'"],
    [['perform', 'client-credentials', '-e', 'http://127.0.0.1:9'], '--client-id is missing'],
    [['perform', 'client-credentials', '-e', 'http://127.0.0.1:9', '--client-id', 'a'], '--client-secret is missing'],
    [['revoke', 'token', 'a', '-e', 'http://127.0.0.1:9'], 'OAUTH2_CLIENT_ID'],
    [['perform', 'authorization-code', '--port', '70000'], 'between 0 and 65535'],
    [['perform', 'authorization-code', '--max-age', 'old'], 'whole number of seconds'],
    [['create', 'trusted-issuer', 'https://i.example'], "required option '--key <file>'"],
    [['create', 'trusted-issuer', 'i', '--key', 'a', '--expires-in', 'soon'], 'Write a duration'],
    [['help', 'create', 'nothing'], "unknown command 'nothing'"],
  ])('%j ends with 1 and usage on stderr', async (args, message) => {
    const stderr = refused(await ostiary(args));
    expect(stderr).toContain(message);
    expect(stderr).toContain('Usage:');
  });

  it.each([[['help', 'create', 'client']], [['create', 'clients', '--help']], [['help', 'perform']], [['completion']]])(
    '%j shows help on stdout',
    async (args) => {
      const { code, stdout, stderr } = await ostiary(args);
      expect([code, stderr, stdout.startsWith('Usage: ostiary')]).toEqual([0, '', true]);
    },
  );
});
