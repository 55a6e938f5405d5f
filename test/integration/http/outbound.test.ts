import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ConfigHolder } from '../../../src/config/config-holder.js';
import { OutboundError } from '../../../src/http/outbound/outbound-error.js';
import { Outbound } from '../../../src/http/outbound/outbound.js';
import { httpConfiguration } from './configuration.js';

/** Resolves names from a table. A list of answers is returned in order, as by a rebinding name server. */
class TestOutbound extends Outbound {
  readonly asked: string[] = [];
  readonly names: Record<string, string[]> = {};

  protected override resolve(host: string): Promise<{ address: string; family: number }[]> {
    this.asked.push(host);
    const answers = this.names[host] ?? [];
    const address = answers.length > 1 ? answers.shift() : answers[0];
    if (!address) return Promise.reject(Object.assign(new Error('not found'), { code: 'ENOTFOUND' }));
    return Promise.resolve(address.split(' ').map((one) => ({ address: one, family: one.includes(':') ? 6 : 4 })));
  }
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
let handler: Handler;
let requests: { method?: string; url?: string; host?: string; body: string; headers: IncomingMessage['headers'] }[];
let target: Server;
let port: number;
let config: ConfigHolder;
let outbound: TestOutbound;

beforeAll(async () => {
  target = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      requests.push({
        method: request.method,
        url: request.url,
        host: request.headers.host,
        body,
        headers: request.headers,
      });
      handler(request, response);
    });
  });
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
  ({ port } = target.address() as AddressInfo);
});
beforeEach(() => {
  requests = [];
  handler = (_, response) => response.end('hello');
  config = new ConfigHolder(httpConfiguration());
  outbound = new TestOutbound(config);
  outbound.names['hook.example'] = ['127.0.0.1'];
});
afterAll(() => {
  target.closeAllConnections();
  target.close();
});

const limits = { timeoutMs: 5_000, maxBytes: 1_000 };
const url = (host = 'hook.example', path = '/x') => `http://${host}:${port}${path}`;
const reasonOf = async (promise: Promise<unknown>) => {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(OutboundError);
  return (error as OutboundError).reason;
};

describe('an outbound request', () => {
  it('ends where the other server switches to a protocol that nobody asked for (RFC 9110 §15.2.2)', async () => {
    const switching = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => {
        socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n');
      });
    });
    await new Promise<void>((resolve) => switching.listen(0, '127.0.0.1', resolve));
    const { port: other } = switching.address() as AddressInfo;
    try {
      expect(await reasonOf(outbound.fetch({ url: `http://hook.example:${other}/`, ...limits }))).toBe('unreachable');
    } finally {
      switching.close();
    }
  });
  it('sends method, headers and body, and returns status, headers and text', async () => {
    handler = (_, response) => response.writeHead(201, { 'x-answer': 'yes' }).end('dönë');
    const answer = await outbound.fetch({
      url: url(),
      method: 'POST',
      headers: { 'x-ask': '1' },
      body: 'bödy',
      ...limits,
    });
    expect(answer).toMatchObject({ status: 201, headers: { 'x-answer': 'yes' }, text: 'dönë' });
    expect(requests).toMatchObject([
      { method: 'POST', url: '/x', host: `hook.example:${port}`, body: 'bödy', headers: { 'x-ask': '1' } },
    ]);
  });

  it('follows no redirect', async () => {
    handler = (_, response) => response.writeHead(302, { location: url('other.example') }).end();
    const answer = await outbound.fetch({ url: url(), ...limits });
    expect([answer.status, requests.length]).toEqual([302, 1]);
  });

  it('speaks http and https only', async () => {
    for (const bad of ['file:///etc/passwd', 'ftp://hook.example/', '/x', 'nonsense', '']) {
      expect(await reasonOf(outbound.fetch({ url: bad, ...limits })), bad).toBe('address');
    }
  });

  it('stops reading an answer that is too long', async () => {
    handler = (_, response) => response.end('x'.repeat(1_001));
    expect(await reasonOf(outbound.fetch({ url: url(), ...limits }))).toBe('too_large');
  });

  it('has a deadline for the name look-up, the answer and the end of the answer', async () => {
    const soon = { timeoutMs: 100, maxBytes: 1_000 };
    handler = () => undefined;
    expect(await reasonOf(outbound.fetch({ url: url(), ...soon }))).toBe('timeout');
    handler = (_, response) => response.write('half');
    expect(await reasonOf(outbound.fetch({ url: url(), ...soon }))).toBe('timeout');
    Reflect.set(outbound, 'resolve', () => new Promise(() => undefined));
    expect(await reasonOf(outbound.fetch({ url: url(), ...soon }))).toBe('timeout');
  });

  it('reports an unreachable server with its host only', async () => {
    for (const bad of ['http://hook.example:1/a?secret=1', 'http://unknown.example/a?secret=1']) {
      const error = await outbound.fetch({ url: bad, ...limits }).catch((reason: unknown) => reason as OutboundError);
      expect(error).toMatchObject({ reason: 'unreachable' });
      expect((error as OutboundError).message).toMatch(/(hook|unknown)\.example/);
      expect((error as OutboundError).message).not.toContain('secret');
    }
  });

  it('is retried after 5xx and broken connections, up to the given number of times', async () => {
    const failures: Handler[] = [(request) => request.socket.destroy(), (_, response) => response.writeHead(503).end()];
    handler = (request, response) => {
      (failures.shift() ?? ((_, r: ServerResponse) => r.end('at last')))(request, response);
    };
    const answer = await outbound.fetch({ url: url(), ...limits, retry: { count: 2, pauseMs: 1 } });
    expect([answer.text, requests.length]).toEqual(['at last', 3]);
    handler = (_, response) => response.writeHead(500).end();
    expect((await outbound.fetch({ url: url(), ...limits, retry: { count: 1, pauseMs: 1 } })).status).toBe(500);
    handler = (_, response) => response.writeHead(404).end();
    requests = [];
    await outbound.fetch({ url: url(), ...limits, retry: { count: 3, pauseMs: 1 } });
    expect(requests).toHaveLength(1);
  });

  it('is sent again if a kept-alive connection turns out to be closed', async () => {
    await outbound.fetch({ url: url(), ...limits });
    target.closeIdleConnections();
    expect((await outbound.fetch({ url: url(), ...limits })).text).toBe('hello');
  });
});

describe('the guard', () => {
  const guarded = { ...limits, allowPrivate: false };

  it('refuses private and loopback addresses, however they are written', async () => {
    const hosts = [
      '127.0.0.1',
      '2130706433',
      '0x7f.1',
      '[::1]',
      '[::ffff:127.0.0.1]',
      '[::ffff:7f00:1]',
      '10.0.0.1',
      '169.254.169.254',
      'hook.example',
    ];
    for (const host of hosts)
      expect(await reasonOf(outbound.fetch({ url: url(host), ...guarded })), host).toBe('refused');
    expect(requests).toHaveLength(0);
  });

  it('refuses a name of which one address is private', async () => {
    outbound.names['mixed.example'] = ['93.184.216.34 127.0.0.1'];
    expect(await reasonOf(outbound.fetch({ url: url('mixed.example'), ...guarded }))).toBe('refused');
  });

  it('resolves a name once and connects to what was judged: what it answers later reaches nothing', async () => {
    outbound.names['rebind.example'] = ['127.0.0.1', '169.254.169.254'];
    config.current.clients.http.private_ip_exception_urls = ['http://rebind.example:*/**'];
    expect((await outbound.fetch({ url: url('rebind.example'), ...guarded })).text).toBe('hello');
    expect([outbound.asked, requests.length]).toEqual([['rebind.example'], 1]);
    config.current.clients.http.private_ip_exception_urls = [];
    expect(await reasonOf(outbound.fetch({ url: url('rebind.example'), ...guarded }))).toBe('refused');
  });

  it('applies to all addresses if private ranges are disallowed, except for the configured exceptions', async () => {
    config.current.clients.http.disallow_private_ip_ranges = true;
    expect(await reasonOf(outbound.fetch({ url: url(), ...limits }))).toBe('refused');
    config.current.clients.http.private_ip_exception_urls = [`http://hook.example:${port}/allowed/*`];
    expect((await outbound.fetch({ url: url('hook.example', '/allowed/x?y'), ...limits })).status).toBe(200);
    expect((await outbound.fetch({ url: url('hook.example', '/allowed/x'), ...guarded })).status).toBe(200);
    expect(await reasonOf(outbound.fetch({ url: url('hook.example', '/other'), ...limits }))).toBe('refused');
  });

  it('checks an address that is only stored', async () => {
    outbound.names['public.example'] = ['93.184.216.34'];
    await outbound.assertPublic('https://public.example/keys');
    expect(await reasonOf(outbound.assertPublic(url()))).toBe('refused');
    expect(await reasonOf(outbound.assertPublic('https://unknown.example/'))).toBe('unreachable');
  });
});
