import { Controller, Get, Post } from '@nestjs/common';
import { type OutgoingHttpHeaders, request } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HotRoute } from '../../../src/http/exchange/exchange.js';
import { jsonReply } from '../../../src/http/replies/replies.js';
import { httpConfiguration } from './configuration.js';
import { startServer, type TestServer } from './server.js';

let writes = 0;
const write = () => ({ writes: ++writes });

@Controller()
class InExpress {
  @Post(['admin/express', 'open'])
  create(): unknown {
    return write();
  }

  @Get('version')
  version(): unknown {
    return {};
  }
}

const hotRoutes: HotRoute[] = ['POST', 'GET', 'DELETE'].map((method) => ({
  listener: 'admin',
  method,
  path: '/admin/hot',
  endpoint: () => jsonReply(200, write()),
}));

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ hotRoutes, controllers: [InExpress] });
});
beforeEach(() => {
  server.config.replace(httpConfiguration());
  writes = 0;
});
afterAll(() => server.close());

interface Answer {
  status: number;
  text: string;
}

/** Sends exactly these headers, because `fetch` would add others. */
function ask(path: string, headers: OutgoingHttpHeaders, method = 'POST', base = server.admin): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(base + path, { method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, text });
      });
    });
    sent.on('error', reject).end();
  });
}

const own = () => server.admin;
const host = () => new URL(server.admin).host;

describe('the admin API', () => {
  it.each([
    ['a form of another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['a page on another port of this machine', { origin: 'http://127.0.0.1:3000', 'sec-fetch-site': 'same-site' }],
    ['an old browser', { origin: 'https://evil.example' }],
    ['a sandboxed frame', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
    ['a file', { origin: 'null' }],
    ['an image or a link of another site', { 'sec-fetch-site': 'cross-site', 'sec-fetch-dest': 'image' }],
    ['a browser with an unknown Sec-Fetch-Site', { 'sec-fetch-site': 'same-planet' }],
    ['a browser that names two sites', { 'sec-fetch-site': 'same-origin, cross-site' }],
    ['a browser that names two origins', { origin: 'http://127.0.0.1, https://evil.example' }],
    ['an origin that contradicts its site', { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' }],
  ])('takes no request of %s, on any path and by any method', async (_, headers) => {
    for (const [path, method] of [
      ['/admin/hot', 'POST'],
      ['/hot', 'GET'],
      ['/hot', 'DELETE'],
      ['/express', 'POST'],
      ['/version', 'GET'],
      ['/no/such', 'OPTIONS'],
    ] as const) {
      const { status, text } = await ask(path, headers, method);
      expect([status, JSON.parse(text)], `${method} ${path}`).toEqual([
        403,
        {
          error: 'The requested action was forbidden',
          error_description: expect.stringContaining('serve.admin.cors') as string,
        },
      ]);
    }
    expect(writes).toBe(0);
  });

  it('accepts requests of programs under any host name', async () => {
    for (const headers of [
      {},
      { host: 'ostiary-admin:4445' },
      { host: 'ostiary-admin:4445', 'sec-fetch-mode': 'cors' }, // the fetch of Node.js
      { host: 'admin.internal', referer: 'https://app.example/', 'user-agent': 'Mozilla/5.0' },
    ]) {
      expect((await ask('/hot', headers)).status).toBe(200);
    }
    expect((await fetch(`${server.admin}/hot`, { method: 'POST' })).status).toBe(200);
  });

  it('accepts requests from its own origin, and from a person who types its address', async () => {
    expect((await ask('/hot', { origin: own(), 'sec-fetch-site': 'same-origin' })).status).toBe(200);
    expect((await ask('/hot', { origin: own() })).status).toBe(200);
    expect((await ask('/hot', { 'sec-fetch-site': 'none', 'sec-fetch-dest': 'document' }, 'GET')).status).toBe(200);
    expect((await ask('/hot', { 'sec-fetch-site': 'same-origin' }, 'GET')).status).toBe(200);
  });

  it('accepts requests and preflights from an origin that serve.admin.cors allows, while CORS is enabled', async () => {
    const headers = { origin: 'https://dash.example', 'sec-fetch-site': 'cross-site' };
    const preflight = { ...headers, 'access-control-request-method': 'DELETE' };
    const { cors } = server.config.current.serve.admin;
    cors.allowed_origins.push('https://dash.example');
    expect((await ask('/hot', headers)).status).toBe(403);
    cors.enabled = true;
    expect((await ask('/hot', headers)).status).toBe(200);
    expect((await ask('/hot', preflight, 'OPTIONS')).status).toBe(204);
    expect((await ask('/hot', { ...preflight, origin: 'https://evil.example' }, 'OPTIONS')).status).toBe(403);
  });

  it.each([
    'rebound.evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'localhost@evil.example',
    '[::2]',
  ])('takes none of a browser that was led to it by the name %s', async (name) => {
    for (const headers of [
      { origin: `http://${name}:4445`, 'sec-fetch-site': 'same-origin' },
      { origin: `http://${name}:4445` },
      { 'sec-fetch-site': 'none' },
    ]) {
      const { status, text } = await ask('/hot', { host: `${name}:4445`, ...headers });
      expect([status, text]).toEqual([403, expect.stringContaining('serve.admin.allowed_hosts') as string]);
    }
    expect(writes).toBe(0);
  });

  it('accepts browsers under the names of this machine, the configured names and the name in urls.self.admin', async () => {
    server.config.current.serve.admin.allowed_hosts.push('Admin.internal', '[fd00::1]');
    server.config.current.urls.self.admin = 'https://console.example:8443/';
    for (const name of ['localhost:4445', 'LOCALHOST', '127.0.0.1:9', '[::1]:4445', 'admin.internal', '[fd00::1]:1']) {
      expect((await ask('/hot', { host: name, origin: `http://${name}` })).status, name).toBe(200);
    }
    // a proxy that ends TLS forwards the name or replaces it
    for (const name of ['console.example:8443', host()]) {
      expect((await ask('/hot', { host: name, origin: 'https://console.example:8443' })).status, name).toBe(200);
    }
  });
});

it('the public listener accepts requests from the pages of every site', async () => {
  const headers = { origin: 'https://any.example', 'sec-fetch-site': 'cross-site', host: 'any.name' };
  expect((await ask('/open', headers, 'POST', server.public)).status).toBe(201);
});
