import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { exchangeRaw } from '../http/raw-socket.js';
import { type RunningServer, startServer } from './server.js';

const CORS = { SERVE_ADMIN_CORS_ENABLED: 'true', SERVE_ADMIN_CORS_ALLOWED_ORIGINS: 'https://console.example' };

/** The parts that differ between any two answers: times, random values, and encrypted page tokens. */
const VARYING = [
  /(?<=\r\nDate: )[^\r]+/,
  /(?<=page_token=)[\w-]+/g,
  /(?<="(?:created_at|updated_at|client_secret|registration_access_token)":")[^"]+/g,
  /(?<=\/admin\/clients\/|\/oauth2\/register\/|"client_id":")[0-9a-f-]{36}/g,
];

/** The whole answer, without the varying parts. */
async function answer(server: RunningServer, head: string, body = ''): Promise<string> {
  const text = `${head}\r\nHost: a\r\nX-Request-Id: same\r\nConnection: close\r\n\r\n${body}`;
  const received = withoutFractions(await exchangeRaw(server.adminUrl, text));
  return VARYING.reduce((rest, varying) => rest.replace(varying, 'VARYING'), received);
}

/** One time in a thousand has no fraction, so fractions are subtracted from the Content-Length. */
function withoutFractions(received: string): string {
  const fractions = received.match(/(?<=\d\d:\d\d)\.\d+(?=Z")/g) ?? [];
  return received.replace(/(?<=\r\ncontent-length: )\d+/i, (length) => String(+length - fractions.join('').length));
}

describe('a hot route for clients', () => {
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
  ])('answers %s with the same bytes as Express', async (target) => {
    for (const method of ['GET', 'HEAD']) {
      const [one, other] = await both(`${method} ${target} HTTP/1.1`);
      expect(one).toBe(other);
      expect(one).toMatch(/^HTTP\/1\.1 (200|400|404) /);
    }
  });

  it.each([
    ...['Origin: https://console.example', 'Origin: https://other.example', 'If-None-Match: *', 'Accept: text/html'],
    ...['Content-Length: 0', 'Range: bytes=0-1', 'If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT'],
  ])('answers like Express with the header %s', async (header) => {
    for (const target of ['/admin/clients/plain', '/admin/clients/none', '/admin/clients']) {
      const [one, other] = await both(`GET ${target} HTTP/1.1\r\n${header}`);
      expect(one).toBe(other);
    }
  });

  it.each(['OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE'])(
    'answers %s without a body like Express',
    async (method) => {
      const preflight = 'Origin: https://console.example\r\nAccess-Control-Request-Method: GET';
      for (const target of ['/admin/clients/none', '/admin/clients']) {
        const [one, other] = await both(`${method} ${target} HTTP/1.1\r\n${preflight}`);
        expect(one).toBe(other);
      }
    },
  );

  it('keeps digits and characters of the registration, and answers an unknown client like every other route', async () => {
    const { text } = await hot.admin('GET', '/admin/clients/plain');
    expect(text).toContain('"big":90071992547409931234567890');
    expect(JSON.parse(text)).toMatchObject({ owner: '"o"', metadata: { text: '\u00fc\u2028\u{1f600}' } });
    const unknown = await hot.admin('GET', '/admin/clients/none');
    expect([unknown.status, unknown.text]).toEqual([404, (await express.admin('DELETE', '/admin/clients/none')).text]);
  });

  describe('that writes clients', () => {
    it.each([
      ...['{}', '{"client_name": "\\u00fc", "metadata": {"big": 90071992547409931234567890}, "unknown": 1}'],
      ...['{"client_id": "plain"}', '{"client_id": "a b/\\u00fc"}', '{"scope": null, "skip_logout_consent": null}'],
      ...[
        '',
        ' ',
        '{',
        '[]',
        'null',
        '"a"',
        '{"metadata": "\\u0000"}',
        `{"metadata": ${'['.repeat(200)}${']'.repeat(200)}}`,
      ],
      ...[
        '{"scope": 1, "contacts": [1], "skip_consent": "yes"}',
        '{"redirect_uris": ["no uri"]}',
        '{"client_secret": "a"}',
      ],
      ...[
        '{"metadata": {"constructor": {"a": 1}, "__proto__": 1}}',
        '{"constructor": {}, "__proto__": {}, "owner": 1}',
      ],
    ])('answers the body %s with the same bytes as Express', async (body) => {
      for (const target of ['POST /admin/clients', 'POST /clients/', 'PUT /admin/clients/plain', 'PUT /clients/none']) {
        const [one, other] = await written(target, body);
        expect(one).toBe(other);
        expect(one).toMatch(/^HTTP\/1\.1 (200|201|400|404|409) /);
      }
    });

    it.each([
      ...[
        'Content-Type: application/x-www-form-urlencoded',
        'Content-Encoding: gzip',
        'Origin: https://console.example',
      ],
      ...['Content-Type: text/plain; charset=latin1', 'Accept: text/html', 'Expect: 100-continue'],
    ])('answers like Express with the header %s', async (header) => {
      for (const target of ['POST /admin/clients', 'PUT /admin/clients/plain']) {
        const [one, other] = await written(target, '{"owner": "o"}', `\r\n${header}`);
        expect(one).toBe(other);
      }
    });

    it('answers like Express for a body over the limit, and for one that is not UTF-8', async () => {
      for (const target of ['POST /admin/clients HTTP/1.1', 'PUT /admin/clients/plain HTTP/1.1']) {
        const [one, other] = await both(`${target}\r\nContent-Length: 999999999`);
        expect(one).toBe(other);
        expect(one).toMatch(/^HTTP\/1\.1 413 /);
      }
      const body = new Uint8Array([0x22, 0xff, 0x22]);
      const answers = [hot, express].map(({ adminUrl }) =>
        fetch(`${adminUrl}/admin/clients`, { method: 'POST', body }),
      );
      const texts = await Promise.all(answers.map(async (sent) => [(await sent).status, await (await sent).text()]));
      expect(texts[0]).toEqual([400, expect.stringContaining('UTF-8')]);
      expect(texts[0]).toEqual(texts[1]);
    });

    /** Asks one server after the other: the second must create the same client as the first. */
    async function written(target: string, body: string, headers = ''): Promise<string[]> {
      const head = `${target} HTTP/1.1\r\nContent-Length: ${Buffer.byteLength(body)}${headers}`;
      const answers: string[] = [];
      for (const server of [hot, express]) {
        answers.push(await answer(server, head, body));
        await server.admin('DELETE', `/admin/clients/${encodeURIComponent('a b/\u00fc')}`);
      }
      return answers;
    }
  });

  async function both(head: string): Promise<string[]> {
    return Promise.all([answer(hot, head), answer(express, head)]);
  }
});
