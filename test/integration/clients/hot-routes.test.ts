import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { exchangeRaw } from '../http/raw-socket.js';
import { type RunningServer, startServer } from './server.js';

const CORS = { SERVE_ADMIN_CORS_ENABLED: 'true', SERVE_ADMIN_CORS_ALLOWED_ORIGINS: 'https://console.example' };

/** The whole answer, without what differs between any two: the time, and the seal of page tokens. */
async function answer(server: RunningServer, head: string): Promise<string> {
  const text = `${head}\r\nHost: a\r\nX-Request-Id: same\r\nConnection: close\r\n\r\n`;
  const received = await exchangeRaw(server.adminUrl, text);
  return received.replace(/\r\nDate: [^\r]+/, '').replace(/page_token=[\w-]+/g, 'page_token=');
}

describe('reading clients ahead of Express', () => {
  let database: TestDatabase;
  let hot: RunningServer;
  let express: RunningServer;

  beforeAll(async () => {
    database = await freshDatabase();
    [hot, express] = [await startServer(database.dsn, CORS, true), await startServer(database.dsn, CORS)];
    for (const client_id of ['plain', 'a b/c', '{param}', 'ü', 'x'.repeat(255)]) {
      const metadata = '{"big": 90071992547409931234567890, "text": "\\u00fc\\u2028\\ud83d\\ude00"}';
      const body = `{"client_id": ${JSON.stringify(client_id)}, "owner": "\\"o\\"", "metadata": ${metadata}}`;
      expect((await express.admin('POST', '/admin/clients', { body })).status).toBe(201);
    }
  });
  afterAll(async () => {
    await hot.close();
    await express.close();
    await database.drop();
  });

  it.each([
    ...[
      '/admin/clients/plain',
      '/clients/plain',
      '/admin/clients/plain/',
      '/admin/clients/plain//',
      '/clients/plain?a=b',
    ],
    ...[
      'http://other/admin/clients/plain',
      '/admin/clients/pl%61in',
      '/admin/clients/a%20b%2Fc',
      '/admin/clients/a b/c',
    ],
    ...[
      '/admin/clients/%C3%BC',
      '/admin/clients/\u00fc',
      '/admin/clients/%FF',
      '/admin/clients/%',
      '/admin/clients/%00',
    ],
    ...['/admin/clients/{param}', `/admin/clients/${'x'.repeat(255)}`, `/admin/clients/${'x'.repeat(256)}`],
    ...['/admin/clients/none', '/admin/Clients/plain', '/admin/clients/plain/lifespans', '/admin/clients/plain;a=b'],
    ...[
      '/admin/clients',
      '/clients/',
      '/admin/clients//',
      '/admin/clients?page_size=2',
      '/admin/clients?owner=%22o%22',
    ],
    ...[
      '/admin/clients?page_size=none',
      '/admin/clients?page_token=none',
      '/admin/clients?owner=%FF',
      '/admin/clients?%00',
    ],
  ])('gives for %s the bytes that Express would', async (target) => {
    for (const method of ['GET', 'HEAD']) {
      const [one, other] = await both(`${method} ${target} HTTP/1.1`);
      expect(one).toBe(other);
      expect(one).toMatch(/^HTTP\/1\.1 (200|400|404) /);
    }
  });

  it.each([
    ...['Origin: https://console.example', 'Origin: https://other.example', 'If-None-Match: *', 'Accept: text/html'],
    ...['Content-Length: 0', 'Range: bytes=0-1', 'If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT'],
  ])('gives the same with the header %s', async (header) => {
    for (const target of ['/admin/clients/plain', '/admin/clients/none', '/admin/clients']) {
      const [one, other] = await both(`GET ${target} HTTP/1.1\r\n${header}`);
      expect(one).toBe(other);
    }
  });

  it.each(['OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE'])('leaves %s to Express', async (method) => {
    const preflight = 'Origin: https://console.example\r\nAccess-Control-Request-Method: GET';
    for (const target of ['/admin/clients/none', '/admin/clients']) {
      const [one, other] = await both(`${method} ${target} HTTP/1.1\r\n${preflight}`);
      expect(one).toBe(other);
    }
  });

  it('keeps the digits and letters of what was registered, and answers an unknown client in the words of the rest', async () => {
    const { text } = await hot.admin('GET', '/admin/clients/plain');
    expect(text).toContain('"big":90071992547409931234567890');
    expect(JSON.parse(text)).toMatchObject({ owner: '"o"', metadata: { text: '\u00fc\u2028\u{1f600}' } });
    const unknown = await hot.admin('GET', '/admin/clients/none');
    expect([unknown.status, unknown.text]).toEqual([404, (await express.admin('DELETE', '/admin/clients/none')).text]);
  });

  async function both(head: string): Promise<string[]> {
    return Promise.all([answer(hot, head), answer(express, head)]);
  }
});
