import { Controller, Get, Param, Post, Body, UsePipes } from '@nestjs/common';
import { IsString } from 'class-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Exchange, HotRoute } from '../../../src/http/exchange/exchange.js';
import { Reply } from '../../../src/http/replies/reply.js';
import { HttpExchange } from '../../../src/http/exchange/http-exchange.js';
import { jsonReply } from '../../../src/http/replies/replies.js';
import { validationPipe } from '../../../src/http/exchange/validation-pipe.js';
import { badRequest } from '../../../src/protocol/admin-error.js';
import { invalidClient, invalidRequest } from '../../../src/protocol/oauth-error.js';
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
  { listener: 'public', method: 'GET', path: '/hot', endpoint: echo },
  { listener: 'admin', method: 'GET', path: '/admin/hot', endpoint: echo },
  {
    listener: 'public',
    method: 'POST',
    path: '/form',
    endpoint: async (exchange) => jsonReply(200, { entries: (await exchange.form()).entries() }),
  },
  {
    listener: 'public',
    method: 'GET',
    path: '/throws',
    endpoint: () => {
      throw new Error('secret of the database');
    },
  },
  {
    listener: 'public',
    method: 'GET',
    path: '/rejects',
    endpoint: () => Promise.reject(invalidClient('No such client.')),
  },
  {
    listener: 'public',
    method: 'GET',
    path: '/bad-header',
    endpoint: () => new Reply(200, { 'x-bad': 'a\nb' }),
  },
];

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ hotRoutes, controllers: [NotesController] });
});
afterAll(() => server.close());

const get = (url: string, headers: Record<string, string> = {}, method = 'GET') => fetch(url, { headers, method });
const json = async (response: Response): Promise<unknown> => response.json();
/** The status of a raw request line on the public listener. */
const statusOf = async (line: string): Promise<number> => {
  const answer = await exchangeRaw(server.public, `${line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
  return Number(answer.slice(9, 12));
};

describe('paths', () => {
  it('may omit the admin prefix, also with sub-paths and a query', async () => {
    expect(await json(await get(`${server.admin}/notes/7?q=x`))).toEqual({
      id: '7',
      path: '/admin/notes/7',
      query: 'x',
    });
    expect(await json(await get(`${server.admin}/admin/notes/7?q=x`))).toMatchObject({ id: '7' });
    expect(await json(await get(`${server.admin}/hot?q=1`))).toEqual({ hot: '/admin/hot', q: '1' });
  });

  it('may end with one slash, on hot routes and in Express, without a redirect', async () => {
    for (const path of ['/hot/', '/hot/?q=1']) expect((await get(server.public + path)).status).toBe(200);
    expect(await json(await get(`${server.admin}/notes/7/`))).toMatchObject({ id: '7' });
    expect((await get(`${server.admin}/hot//`)).status).toBe(404);
  });

  it('of the administration are not served on the public listener, nor public ones on the admin listener', async () => {
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

  it('have one spelling, in Express and on hot routes, so that a rule for a path holds for its route', async () => {
    for (const path of ['/OPEN', '/Open', '/open#x', '/HOT', '/hot#x']) {
      expect(await statusOf(`GET ${path}`), path).toBe(404);
    }
    expect(await statusOf('GET /open/')).toBe(200);
    expect(await json(await get(`${server.admin}/notes/7%23x`))).toMatchObject({ id: '7#x' });
  });

  it('with doubled slashes on the public listener are redirected to the clean path, with body and query', async () => {
    const form = { method: 'POST', body: new URLSearchParams({ a: '1' }) };
    expect(await json(await fetch(`${server.public}//form`, form))).toEqual({ entries: [['a', '1']] });
    expect(await json(await get(`${server.public}//hot//?q=1//2`))).toEqual({ hot: '/hot', q: '1//2' });
    for (const path of ['//admin/notes/7', '//version', '//ADMIN//notes//7', '/x//..//admin/notes/7']) {
      expect(await statusOf(`GET ${path}`), path).toBe(404);
    }
    expect((await get(`${server.admin}//notes/7`)).status).toBe(404);
  });

  it('of the version on the admin listener exist with and without the prefix', async () => {
    for (const path of ['/version', '/admin/version']) expect((await get(server.admin + path)).status, path).toBe(200);
  });

  it('answer HEAD like GET, without a body', async () => {
    for (const url of [`${server.public}/hot`, `${server.admin}/notes/7`]) {
      const [head, full] = [await get(url, {}, 'HEAD'), await get(url)];
      expect([head.status, await head.text()]).toEqual([200, '']);
      expect(head.headers.get('content-length')).toBe(full.headers.get('content-length'));
    }
  });

  it('may be sent in absolute form', async () => {
    const raw = await RawSocket.to(server.public);
    raw.write('GET http://anything.example/hot?q=abs HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect(await raw.closed).toContain('"q":"abs"');
  });

  it('and queries are refused if they are not UTF-8 or contain NUL characters', async () => {
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
  it('return a page to a browser, JSON to a program, and plain text to others', async () => {
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

  it('answer a wrong method with 404, never 405', async () => {
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
  it('echo a safe request id and replace any other', async () => {
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

  it('do not name the software', async () => {
    const response = await get(`${server.admin}/notes/7`);
    expect([
      response.headers.get('x-powered-by'),
      response.headers.get('server'),
      response.headers.get('etag'),
    ]).toEqual([null, null, null]);
  });
});

describe('errors', () => {
  it('are answered when an endpoint throws, early or late', async () => {
    const late = await get(`${server.public}/rejects`);
    expect([late.status, await json(late)]).toMatchObject([401, { error: 'invalid_client' }]);
    expect(late.headers.get('content-type')).toBe('application/json; charset=utf-8');
  });

  it('hide the cause of an unknown error and show the request id', async () => {
    for (const url of [`${server.public}/throws`, `${server.admin}/fails`]) {
      const response = await get(url, { 'x-request-id': 'find-me' });
      const text = await response.text();
      expect(response.status).toBe(500);
      expect(text).toContain('server_error');
      expect(text).toContain('find-me');
      expect(text).not.toMatch(/secret|hunter2|at .*\.ts/);
    }
  });

  it('show the cause if the operator configured it', async () => {
    const { current } = server.config;
    current.oauth2.expose_internal_errors = true;
    expect(await (await get(`${server.public}/throws`)).text()).toContain('secret of the database');
    current.oauth2.expose_internal_errors = false;
  });

  it('do not stop the server when a reply cannot be sent', async () => {
    await expect(get(`${server.public}/bad-header`)).rejects.toThrow();
    expect((await get(`${server.public}/hot`)).status).toBe(200);
  });

  it('do not stop the server when a client disconnects in the middle of a request', async () => {
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

  it('may have any Content-Type, or none', async () => {
    for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded']) {
      expect((await post('/notes', '{"text":"x"}', { 'content-type': type })).status, type).toBe(201);
    }
    expect((await post('/notes', Buffer.from('{"text":"x"}'))).status).toBe(201);
  });

  it('may contain unknown members; wrong ones get the error of the controller', async () => {
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

  it('that are not JSON are refused with the error of the controller', async () => {
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

  it('with deep nesting are refused', async () => {
    expect((await post('/raw', '['.repeat(900) + ']'.repeat(900))).status).toBe(400);
    expect((await post('/raw', '['.repeat(50) + ']'.repeat(50))).status).toBe(201);
  });

  it('keep the digits of large integers', async () => {
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

  it('omits health checks if configured', async () => {
    server.config.current.serve.public.request_log.disable_for_health = true;
    await get(`${server.public}/health/ready`, { 'x-request-id': 'health-1' });
    await get(`${server.public}/hot`, { 'x-request-id': 'other-1' });
    const ids = server.log.map((line) => line['request_id']);
    expect([ids.includes('health-1'), ids.includes('other-1')]).toEqual([false, true]);
  });
});

describe('observers', () => {
  it('receive the pattern of the route, never an id in the path', async () => {
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
