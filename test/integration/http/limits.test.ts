import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Exchange, HotRoute } from '../../../src/http/exchange/exchange.js';
import { jsonReply } from '../../../src/http/replies/replies.js';
import { Gate } from './gate.js';
import { exchangeRaw, RawSocket } from './raw-socket.js';
import { startServer, type TestServer } from './server.js';

const FORM = 'application/x-www-form-urlencoded';
let gate = new Gate();

const hotRoutes: HotRoute[] = [
  {
    listener: 'public',
    method: 'GET',
    path: '/hot',
    endpoint: (e) => jsonReply(200, { q: e.rawQuery.length }),
  },
  {
    listener: 'public',
    method: 'POST',
    path: '/form',
    endpoint: async (exchange: Exchange) => {
      await exchange.form(); // is read twice, as by client authentication and the endpoint
      return jsonReply(200, { entries: (await exchange.form()).entries() });
    },
  },
  {
    listener: 'public',
    method: 'POST',
    path: '/ignores',
    endpoint: () => jsonReply(200, { read: false }),
  },
  {
    listener: 'public',
    method: 'GET',
    path: '/waits',
    endpoint: async () => {
      await gate.enter();
      return jsonReply(200, { waited: true });
    },
  },
];

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ hotRoutes });
});
afterAll(() => server.close());

const post = (body: string | Buffer | FormData, type?: string, path = '/form') =>
  fetch(server.public + path, { method: 'POST', body, ...(type && { headers: { 'content-type': type } }) });
const outcome = async (response: Response) => [response.status, await response.json()] as const;
const entries = async (response: Response) => ((await response.json()) as { entries: unknown }).entries;

describe('forms', () => {
  it('may be urlencoded, also with a charset', async () => {
    expect(await entries(await post('a=1&a=2&b=%C3%A4+%2B', FORM))).toEqual([
      ['a', '1'],
      ['a', '2'],
      ['b', 'ä +'],
    ]);
    expect((await post('a=1', `${FORM}; charset=UTF-8`)).status).toBe(200);
    expect((await post('a=1', FORM.toUpperCase())).status).toBe(200);
  });

  it('may be multipart', async () => {
    const form = new FormData();
    form.append('a', '1');
    form.append('long_name_'.repeat(20), 'ä');
    expect(await entries(await post(form))).toEqual([
      ['a', '1'],
      ['long_name_'.repeat(20), 'ä'],
    ]);
  });

  it('are refused with files, and if the multipart body is malformed', async () => {
    const form = new FormData();
    form.append('a', '1');
    form.append('file', new Blob(['x']), 'x.txt');
    expect(await outcome(await post(form))).toMatchObject([400, { error: 'invalid_request' }]);
    for (const [body, type] of [
      ['nonsense', 'multipart/form-data; boundary=b'],
      ['--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1', 'multipart/form-data; boundary=b'],
      ['--b--\r\n', 'multipart/form-data'],
    ] as const) {
      expect(await outcome(await post(body, type)), body).toMatchObject([400, { error: 'invalid_request' }]);
    }
  });

  it('of another content type are refused, and the error names the accepted types', async () => {
    for (const [body, type] of [
      ['{"a":1}', 'application/json'],
      ['a=1', 'text/plain'],
      ['a=1', 'x'],
    ] as const) {
      const [status, error] = await outcome(await post(body, type));
      expect(status, type).toBe(400);
      expect(error, type).toMatchObject({ error: 'invalid_request' });
      expect(JSON.stringify(error), type).toContain(FORM);
    }
    const bare = await fetch(`${server.public}/form`, { method: 'POST', body: Buffer.from('a=1') });
    expect(await outcome(bare)).toMatchObject([400, { error: 'invalid_request' }]);
  });

  it('are refused with an empty body', async () => {
    expect(await outcome(await post('', FORM))).toMatchObject([400, { error: 'invalid_request' }]);
    expect(await outcome(await fetch(`${server.public}/form`, { method: 'POST' }))).toMatchObject([
      400,
      { error: 'invalid_request' },
    ]);
  });

  it('are refused with parameters that are not UTF-8 or contain NUL characters', async () => {
    const bodies = ['a=%ff', 'a=%00', 'a=100%', Buffer.from([0x61, 0x3d, 0xff]), Buffer.from([0x61, 0x3d, 0x00])];
    for (const body of bodies) {
      expect(await outcome(await post(body, FORM))).toMatchObject([400, { error: 'invalid_request' }]);
    }
    expect(
      (
        await post(
          Buffer.from('--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\0\r\n--b--\r\n'),
          'multipart/form-data; boundary=b',
        )
      ).status,
    ).toBe(400);
  });

  it('are refused with a compressed body', async () => {
    const response = await fetch(`${server.public}/form`, {
      method: 'POST',
      body: 'a=1',
      headers: { 'content-type': FORM, 'content-encoding': 'gzip' },
    });
    expect(await outcome(response)).toMatchObject([400, { error: 'invalid_request' }]);
  });
});

describe('bodies beyond the limit', () => {
  it('are 413, announced or not, and the connection is closed after the answer', async () => {
    expect((await post('a='.padEnd(1_000, 'x'), FORM)).status).toBe(200);
    const tooLong = await post('a='.padEnd(1_001, 'x'), FORM);
    expect(tooLong.headers.get('connection')).toBe('close');
    expect(await outcome(tooLong)).toMatchObject([413, { error: 'invalid_request' }]);
    const chunk = `${(900).toString(16)}\r\n${'x'.repeat(900)}\r\n`;
    const head = `POST /form HTTP/1.1\r\nHost: x\r\nContent-Type: ${FORM}\r\nTransfer-Encoding: chunked\r\n\r\n`;
    expect(await exchangeRaw(server.public, head + chunk + chunk)).toMatch(/^HTTP\/1\.1 413 /);
  });

  it('are refused for their Content-Length before they are sent', async () => {
    const head = `POST /form HTTP/1.1\r\nHost: x\r\nContent-Type: ${FORM}\r\nContent-Length: 1000000000\r\n\r\n`;
    const answer = await exchangeRaw(server.public, head);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('"error":"invalid_request"');
  });

  it('do not keep the answer from a client that goes on sending', async () => {
    for (let i = 0; i < 5; i++) {
      const response = await post(Buffer.alloc(3_000_000, 'x'), FORM);
      expect(response.status).toBe(413);
    }
  });
});

describe('queries and headers beyond the limit', () => {
  it('leave room for the longest permitted query beside large headers', async () => {
    const response = await fetch(`${server.public}/hot?${'x'.repeat(4_096)}`, {
      headers: { 'x-large': 'y'.repeat(50_000) },
    });
    expect(await outcome(response)).toEqual([200, { q: 4_096 }]);
  });

  it('are answered with 414 or 431', async () => {
    expect(await outcome(await fetch(`${server.public}/hot?${'x'.repeat(4_097)}`))).toMatchObject([
      414,
      { error: 'invalid_request' },
    ]);
    const head = `GET /hot HTTP/1.1\r\nHost: x\r\nX-Large: ${'y'.repeat(200_000)}\r\n\r\n`;
    expect(await exchangeRaw(server.public, head)).toMatch(/^HTTP\/1\.1 431 [\s\S]*invalid_request/);
  });
});

describe('connections', () => {
  it('answer garbage with 400 and close', async () => {
    for (const garbage of ['nonsense\r\n\r\n', 'GET / HTTP/9.9\r\n\r\n', '\x16\x03\x01\x02\x00\x01\x00']) {
      expect(await exchangeRaw(server.public, garbage), garbage).toMatch(/^HTTP\/1\.1 400 /);
    }
  });

  it('answer the requests before the garbage, and nothing else', async () => {
    gate = new Gate();
    const raw = await RawSocket.to(server.public);
    raw.write('GET /waits HTTP/1.1\r\nHost: x\r\n\r\nnonsense\r\n\r\n');
    await gate.entered;
    gate.open();
    const answer = await raw.closed;
    expect(answer.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
    expect(answer).toContain('"waited":true');
  });

  it('answer a malformed chunked body once', async () => {
    const head = `POST /form HTTP/1.1\r\nHost: x\r\nContent-Type: ${FORM}\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`;
    const answer = await exchangeRaw(server.public, head);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
  });

  it('refuse a request with two lengths', async () => {
    const head = 'POST /form HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n';
    expect(await exchangeRaw(server.public, head)).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('continue after a request whose body was not read', async () => {
    const raw = await RawSocket.to(server.public);
    raw.write(`POST /ignores HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello`);
    await raw.until('"read":false');
    raw.write('GET /hot HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect((await raw.closed).match(/HTTP\/1\.1 200/g)).toHaveLength(2);
  });

  it('serve pipelined requests in order', async () => {
    const two = 'GET /hot?a HTTP/1.1\r\nHost: x\r\n\r\nGET /hot?abc HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    expect(await exchangeRaw(server.public, two)).toMatch(/"q":1[\s\S]*"q":3/);
  });
});

describe('connections beyond the limit', () => {
  it('are closed, and existing connections continue', async () => {
    const limited = await startServer({
      hotRoutes,
      names: ['public'],
      change: ({ serve }) => {
        serve.public.max_connections = 1;
      },
    });
    const first = await RawSocket.to(limited.public);
    first.write('GET /hot?a HTTP/1.1\r\nHost: x\r\n\r\n');
    await first.until('"q":1');
    expect(await exchangeRaw(limited.public, 'GET /hot HTTP/1.1\r\nHost: x\r\n\r\n')).toBe('');
    first.write('GET /hot?abc HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(await first.closed).toContain('"q":3');
    expect((await fetch(`${limited.public}/hot`)).status).toBe(200);
    await limited.close();
  });
});

describe('half-open connections', () => {
  it('cause no answer and no error, with nothing or half a head sent', async () => {
    for (const start of ['', 'GET /hot HTTP/1.1\r\nHo']) {
      const raw = await RawSocket.to(server.public);
      raw.write(start);
      raw.socket.end();
      expect(await raw.closed).not.toMatch(/^HTTP\/1\.1 [25]/);
    }
    expect((await fetch(`${server.public}/hot`)).status).toBe(200);
  });

  it('cause no error when they are reset while a handler works', async () => {
    gate = new Gate();
    const raw = await RawSocket.to(server.public);
    raw.write('GET /waits HTTP/1.1\r\nHost: x\r\n\r\n');
    await gate.entered;
    raw.socket.resetAndDestroy();
    gate.open();
    expect((await fetch(`${server.public}/hot`)).status).toBe(200);
  });
});

describe('the Host of a request', () => {
  it.each(['evil.example', '127.0.0.1:1', 'a b', '"><script>', 'x'.repeat(5_000)])(
    'has no effect: %s',
    async (host) => {
      const answer = await exchangeRaw(
        server.public,
        `GET /hot HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 200 /);
      expect(answer).not.toContain(host);
    },
  );

  it('must be sent exactly once (RFC 9112 §3.2)', async () => {
    expect(await exchangeRaw(server.public, 'GET /hot HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('forwarded headers', () => {
  const forwarded = { 'x-forwarded-for': '203.0.113.9' };
  const remotes = (log: TestServer['log']) =>
    log.filter(({ msg }) => msg === 'request completed').map(({ remote }) => remote);

  it('of strangers are not believed', async () => {
    await fetch(`${server.public}/hot`, { headers: forwarded });
    expect(remotes(server.log)).not.toContain('203.0.113.9');
  });

  it('of trusted proxies tell the client', async () => {
    const behind = await startServer({
      hotRoutes,
      change: ({ serve }) => {
        serve.public.trusted_proxies = ['127.0.0.0/8'];
      },
    });
    await fetch(`${behind.public}/hot`, { headers: forwarded });
    await fetch(`${behind.admin}/hot`, { headers: forwarded });
    await behind.close();
    expect(remotes(behind.log)).toEqual(['203.0.113.9', '127.0.0.1']);
  });
});

describe('any bytes', () => {
  it('do not stop the server', async () => {
    const pieces = fc.constantFrom(
      'GET /hot HTTP/1.1\r\n',
      'POST /form HTTP/1.1\r\n',
      'OPTIONS * HTTP/1.1\r\n',
      'CONNECT x:1 HTTP/1.1\r\n',
      'Host: x\r\n',
      `Content-Type: ${FORM}\r\n`,
      'Content-Type: multipart/form-data; boundary=b\r\n',
      'Content-Length: 7\r\n',
      'Transfer-Encoding: chunked\r\n',
      'Connection: Upgrade\r\nUpgrade: websocket\r\n',
      'Expect: 100-continue\r\n',
      '\r\n',
      '3\r\na=1\r\n',
      '0\r\n\r\n',
      '--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\nx',
    );
    const noise = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
    const message = fc.array(fc.oneof({ weight: 6, arbitrary: pieces }, noise), { maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(message, async (parts) => {
        const raw = await RawSocket.to(server.public);
        raw.write(parts.join(''));
        raw.socket.end();
        expect(await raw.closed).not.toMatch(/^HTTP\/1\.1 5/m);
      }),
      { numRuns: 500 },
    );
    expect((await fetch(`${server.public}/hot`)).status).toBe(200);
  });
});

describe('slow clients', () => {
  it('get 408 and are disconnected, but a slow handler is not interrupted', async () => {
    gate = new Gate();
    const slow = await startServer({
      hotRoutes,
      timeouts: { headersTimeout: 100, requestTimeout: 100, connectionsCheckingInterval: 50 },
    });
    const working = fetch(`${slow.public}/waits`);
    await gate.entered;
    for (const start of [
      'GET /hot HTTP/1.1\r\nHo',
      `POST /form HTTP/1.1\r\nHost: x\r\nContent-Type: ${FORM}\r\nContent-Length: 9\r\n\r\na`,
    ]) {
      expect(await exchangeRaw(slow.public, start), start).toMatch(/^HTTP\/1\.1 408 [\s\S]*invalid_request/);
    }
    gate.open();
    expect((await working).status).toBe(200);
    await slow.close();
  });
});
