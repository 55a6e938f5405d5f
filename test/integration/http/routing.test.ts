import { Controller, Get, Param, Post, Body, UsePipes } from '@nestjs/common';
import { IsString } from 'class-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Exchange, HotRoute, Reply } from '../../../src/http/exchange.js';
import { HttpExchange } from '../../../src/http/http-exchange.js';
import { jsonReply } from '../../../src/http/replies.js';
import { validationPipe } from '../../../src/http/validation-pipe.js';
import { badRequest, invalidClient, invalidRequest } from '../../../src/protocol/oauth-error.js';
import { exchangeRaw, RawSocket } from './raw-socket.js';
import { startServer, type TestServer } from './server.js';

class NoteDto {
  @IsString()
  text: string;
}

@Controller()
class NotesController {
  @Get('admin/notes/:id')
  get(@Param('id') id: string, @HttpExchange() exchange: Exchange): unknown {
    return { id, path: exchange.path, query: exchange.query().first('q') };
  }

  @Post('admin/notes')
  @UsePipes(validationPipe(badRequest))
  create(@Body() note: NoteDto): unknown {
    return { text: note.text, members: Object.keys(note) };
  }

  @Post('admin/raw')
  @UsePipes(validationPipe(invalidRequest))
  raw(@Body() body: unknown): unknown {
    return { body };
  }

  @Get('admin/fails')
  fail(): never {
    throw new Error('password=hunter2');
  }

  @Get('version')
  version(): unknown {
    return { version: 'v1' };
  }

  @Get('open')
  open(@HttpExchange() exchange: Exchange): unknown {
    return { listener: exchange.listener };
  }
}

const echo = (exchange: Exchange): Reply => jsonReply(200, { hot: exchange.path, q: exchange.query().first('q') });
const hotRoutes: HotRoute[] = [
  { listener: 'public', method: 'GET', path: '/hot', name: 'hot', endpoint: echo },
  { listener: 'admin', method: 'GET', path: '/admin/hot', name: 'hot', endpoint: echo },
  {
    listener: 'public',
    method: 'POST',
    path: '/form',
    name: 'form',
    endpoint: async (exchange) => jsonReply(200, { entries: (await exchange.form()).entries() }),
  },
  {
    listener: 'public',
    method: 'GET',
    path: '/throws',
    name: 'throws',
    endpoint: () => {
      throw new Error('secret of the database');
    },
  },
  {
    listener: 'public',
    method: 'GET',
    path: '/rejects',
    name: 'rejects',
    endpoint: () => Promise.reject(invalidClient('No such client.')),
  },
  {
    listener: 'public',
    method: 'GET',
    path: '/bad-header',
    name: 'bad',
    endpoint: () => ({ status: 200, headers: { 'x-bad': 'a\nb' } }),
  },
];

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ hotRoutes, controllers: [NotesController] });
});
afterAll(() => server.close());

const get = (url: string, headers: Record<string, string> = {}, method = 'GET') => fetch(url, { headers, method });
const json = async (response: Response): Promise<unknown> => response.json();
/** Of a request line as it is, on the public listener. */
const statusOf = async (line: string): Promise<number> => {
  const answer = await exchangeRaw(server.public, `${line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  return Number(answer.slice(9, 12));
};

describe('paths', () => {
  it('adds the admin prefix where it is missing, with sub-paths and query', async () => {
    expect(await json(await get(`${server.admin}/notes/7?q=x`))).toEqual({
      id: '7',
      path: '/admin/notes/7',
      query: 'x',
    });
    expect(await json(await get(`${server.admin}/admin/notes/7?q=x`))).toMatchObject({ id: '7' });
    expect(await json(await get(`${server.admin}/hot?q=1`))).toEqual({ hot: '/admin/hot', q: '1' });
  });

  it('takes one trailing slash away, on hot routes and in Express, without a redirect', async () => {
    for (const path of ['/hot/', '/hot/?q=1']) expect((await get(server.public + path)).status).toBe(200);
    expect(await json(await get(`${server.admin}/notes/7/`))).toMatchObject({ id: '7' });
    expect((await get(`${server.public}/hot//`)).status).toBe(404);
  });

  it('serves no administration route on the public listener, and no public one on the admin listener', async () => {
    for (const path of ['/admin/notes/7', '/admin', '/admin/', '/version', '/version/', '/notes/7', '/admin/hot']) {
      expect((await get(server.public + path)).status, path).toBe(404);
    }
    expect(await json(await get(`${server.public}/open`))).toEqual({ listener: 'public' });
    for (const path of ['/open', '/form']) expect((await get(server.admin + path)).status, path).toBe(404);
  });

  it('shows the public listener no administration route under another spelling of its path', async () => {
    const spellings = ['/ADMIN/notes/7', '/Admin/notes/7', '/admin//notes/7', '/Admin/', '/VERSION', '/Version/'];
    for (const path of [...spellings, '/version//', '/version#x', '/%61dmin/notes/7', '/%76ersion']) {
      expect(await statusOf(`GET ${path}`), path).toBe(404);
    }
  });

  it('knows a path by its one spelling, in Express as on hot routes: what is said of a path holds for the route', async () => {
    for (const path of ['/OPEN', '/Open', '/open//', '/open#x', '/HOT', '/hot//', '/hot#x']) {
      expect(await statusOf(`GET ${path}`), path).toBe(404);
    }
    expect(await statusOf('GET /open/')).toBe(200);
    expect(await json(await get(`${server.admin}/notes/7%23x`))).toMatchObject({ id: '7#x' });
  });

  it('serves the version on the admin listener with and without the prefix', async () => {
    for (const path of ['/version', '/admin/version']) expect((await get(server.admin + path)).status, path).toBe(200);
  });

  it('answers HEAD as GET, without a body', async () => {
    for (const url of [`${server.public}/hot`, `${server.admin}/notes/7`]) {
      const [head, full] = [await get(url, {}, 'HEAD'), await get(url)];
      expect([head.status, await head.text()]).toEqual([200, '']);
      expect(head.headers.get('content-length')).toBe(full.headers.get('content-length'));
    }
  });

  it('understands a request target in absolute form', async () => {
    const raw = await RawSocket.to(server.public);
    raw.write('GET http://anything.example/hot?q=abs HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(await raw.closed).toContain('"q":"abs"');
  });

  it('refuses paths and queries that are no UTF-8 or hold NUL characters', async () => {
    for (const path of ['/notes/a%00b', '/notes/%ff', '/notes/%zz']) {
      const response = await get(server.admin + path);
      expect([response.status, await json(response)], path).toMatchObject([
        400,
        { error: 'The request was malformed or contained invalid parameters' },
      ]);
    }
    for (const query of ['q=%ff', 'q=%00', 'q=100%']) {
      const response = await get(`${server.public}/hot?${query}`);
      expect([response.status, await json(response)], query).toMatchObject([400, { error: 'invalid_request' }]);
    }
  });
});

describe('unknown routes', () => {
  it('gives a browser a page, a program JSON, and others plain text', async () => {
    for (const base of [server.public, server.admin]) {
      const asJson = await get(`${base}/no/such`, { accept: 'application/json' });
      expect([asJson.status, await json(asJson)]).toMatchObject([404, { error: { code: 404, message: 'Not Found' } }]);
      const page = await get(`${base}/no/such`, { accept: 'text/html,application/xhtml+xml' });
      expect([page.status, page.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
      expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
      const plain = await get(`${base}/no/such`, { accept: 'text/plain' });
      expect([plain.status, plain.headers.get('content-type')]).toEqual([404, 'text/plain; charset=utf-8']);
    }
  });

  it('answers a wrong method with 404, never 405', async () => {
    for (const [url, method] of [
      [`${server.public}/hot`, 'DELETE'],
      [`${server.admin}/notes/7`, 'PUT'],
      [`${server.public}/form`, 'GET'],
    ] as const) {
      expect((await get(url, {}, method)).status, url).toBe(404);
    }
  });
});

describe('headers of every answer', () => {
  it('echoes a safe request id and replaces others', async () => {
    const id = (sent?: string) => get(`${server.public}/hot`, sent ? { 'x-request-id': sent } : {});
    expect((await id('abc-123')).headers.get('x-request-id')).toBe('abc-123');
    for (const sent of [undefined, 'a b', 'x'.repeat(129), 'a"b']) {
      expect((await id(sent)).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
    expect((await get(`${server.admin}/notes/1`, { 'x-request-id': 'in-express' })).headers.get('x-request-id')).toBe(
      'in-express',
    );
  });

  it('forbids caches to keep what GET gives', async () => {
    for (const url of [`${server.public}/hot`, `${server.admin}/notes/7`, `${server.public}/nope`]) {
      expect((await get(url)).headers.get('cache-control')).toBe('private, no-cache, no-store, must-revalidate');
    }
  });

  it('tells nothing of the software', async () => {
    const response = await get(`${server.admin}/notes/7`);
    expect([
      response.headers.get('x-powered-by'),
      response.headers.get('server'),
      response.headers.get('etag'),
    ]).toEqual([null, null, null]);
  });
});

describe('errors', () => {
  it('answers what an endpoint throws, early or late', async () => {
    const late = await get(`${server.public}/rejects`);
    expect([late.status, await json(late)]).toMatchObject([401, { error: 'invalid_client' }]);
    expect(late.headers.get('content-type')).toBe('application/json; charset=utf-8');
  });

  it('hides the cause of an unknown error and names the request id', async () => {
    for (const url of [`${server.public}/throws`, `${server.admin}/fails`]) {
      const response = await get(url, { 'x-request-id': 'find-me' });
      const text = await response.text();
      expect(response.status).toBe(500);
      expect(text).toContain('server_error');
      expect(text).toContain('find-me');
      expect(text).not.toMatch(/secret|hunter2|at .*\.ts/);
    }
  });

  it('tells the cause where the operator asked for it', async () => {
    const { current } = server.config;
    current.oauth2.expose_internal_errors = true;
    expect(await (await get(`${server.public}/throws`)).text()).toContain('secret of the database');
    current.oauth2.expose_internal_errors = false;
  });

  it('survives an endpoint whose reply cannot be sent', async () => {
    await expect(get(`${server.public}/bad-header`)).rejects.toThrow();
    expect((await get(`${server.public}/hot`)).status).toBe(200);
  });

  it('survives a client that goes away in the middle', async () => {
    const raw = await RawSocket.to(server.public);
    raw.write(
      'POST /form HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\na=',
    );
    raw.socket.destroy();
    await raw.closed;
    expect((await get(`${server.public}/hot`)).status).toBe(200);
  });
});

describe('JSON bodies', () => {
  const post = (path: string, body: string | Buffer, headers: Record<string, string> = {}) =>
    fetch(server.admin + path, { method: 'POST', body, headers });

  it('takes any Content-Type and none', async () => {
    for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded']) {
      expect((await post('/notes', '{"text":"x"}', { 'content-type': type })).status, type).toBe(201);
    }
    expect((await post('/notes', Buffer.from('{"text":"x"}'))).status).toBe(201);
  });

  it('ignores unknown members and explains wrong ones by the error of the controller', async () => {
    expect(await json(await post('/notes', '{"text":"x","more":1}'))).toEqual({ text: 'x', members: ['text'] });
    const wrong = await post('/notes', '{"text":7}');
    expect([wrong.status, await json(wrong)]).toEqual([
      400,
      {
        error: 'The request was malformed or contained invalid parameters',
        error_description: 'text must be a string.',
      },
    ]);
  });

  it('refuses what is no JSON document with the error of the controller', async () => {
    for (const body of ['', '   ', '{', '{"text":}', 'null', '[]', '"x"', '{"text":"\\u0000"}', '{"text":"\\ud800"}']) {
      const response = await post('/notes', body);
      expect([response.status, await json(response)], body).toMatchObject([
        400,
        { error: 'The request was malformed or contained invalid parameters' },
      ]);
    }
    expect(await json(await post('/raw', '{'))).toMatchObject({ error: 'invalid_request' });
    expect((await post('/notes', Buffer.from([0x22, 0xff, 0x22]))).status).toBe(400);
  });

  it('refuses deep nesting', async () => {
    expect((await post('/raw', '['.repeat(900) + ']'.repeat(900))).status).toBe(400);
    expect((await post('/raw', '['.repeat(50) + ']'.repeat(50))).status).toBe(201);
  });

  it('keeps the digits of large integers', async () => {
    const response = await post('/raw', '{"n":12345678901234567890}');
    expect(await response.text()).toBe('{"body":{"n":12345678901234567890}}\n');
  });
});

describe('the log', () => {
  it('has one line for each request, without the query', async () => {
    await get(`${server.public}/hot?q=confidential`, { 'x-request-id': 'line-1' });
    const line = server.log.find((one) => one['request_id'] === 'line-1');
    expect(line).toMatchObject({
      level: 'info',
      msg: 'request completed',
      listener: 'public',
      method: 'GET',
      path: '/hot',
      query: '[hidden]',
      status: 200,
      remote: '127.0.0.1',
    });
    expect(JSON.stringify(server.log)).not.toContain('confidential');
  });

  it('is silent about health where asked', async () => {
    server.config.current.serve.public.request_log.disable_for_health = true;
    await get(`${server.public}/health/ready`, { 'x-request-id': 'health-1' });
    await get(`${server.public}/hot`, { 'x-request-id': 'other-1' });
    const ids = server.log.map((line) => line['request_id']);
    expect([ids.includes('health-1'), ids.includes('other-1')]).toEqual([false, true]);
  });
});

describe('observers', () => {
  it('are told the pattern of the route, never the id in it', async () => {
    const seen: string[] = [];
    server.listeners.observe({
      completed: ({ route, status }) => {
        seen.push(`${route} ${status}`);
        throw new Error('an observer must not matter');
      },
    });
    await get(`${server.admin}/notes/7`);
    await get(`${server.public}/hot`);
    await get(`${server.public}/nope`);
    expect(seen).toEqual(['/admin/notes/{param} 200', '/hot 200', ' 404']);
  });
});
