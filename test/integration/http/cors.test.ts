import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Controller, Get, Post } from '@nestjs/common';
import type { CorsConfiguration } from '../../../src/config/configuration.js';
import { CorsOfClients } from '../../../src/http/listener/cors/cors-of-clients.js';
import type { HotRoute } from '../../../src/http/exchange/exchange.js';
import { jsonReply } from '../../../src/http/replies/replies.js';
import { invalidClient } from '../../../src/protocol/oauth-error.js';
import { httpConfiguration } from './configuration.js';
import { startServer, type TestServer } from './server.js';

const APP = 'https://app.example';
const SPA = 'https://spa.example';
const EVIL = 'https://evil.example';

@Controller()
class InExpress {
  @Get(['oauth2/auth', 'admin/clients'])
  get(): unknown {
    return {};
  }
}

@Controller()
@CorsOfClients('bearer token')
class OfClients {
  @Get('userinfo')
  get(): unknown {
    return {};
  }

  /** Hot routes are served before these. */
  @Post(['oauth2/token', 'oauth2/revoke', 'credentials'])
  post(): unknown {
    return {};
  }
}

const hotRoutes: HotRoute[] = [
  { listener: 'public', method: 'POST', path: '/oauth2/token', endpoint: () => jsonReply(200, {}) },
  {
    listener: 'public',
    method: 'POST',
    path: '/oauth2/revoke',
    endpoint: () => Promise.reject(invalidClient()),
  },
  {
    listener: 'public',
    method: 'GET',
    path: '/.well-known/jwks.json',
    endpoint: () => jsonReply(200, {}),
  },
];

const asked: string[] = [];
let server: TestServer;
beforeAll(async () => {
  server = await startServer({
    hotRoutes,
    controllers: [InExpress, OfClients],
    clientOrigins: {
      of: async (exchange) => {
        if (exchange.method === 'GET') return exchange.headers.authorization ? [SPA] : undefined;
        return (await exchange.form()).first('client_id') === 'spa' ? [SPA] : [];
      },
      some: (origin) => {
        asked.push(origin);
        return origin === 'https://broken.example'
          ? Promise.reject(new Error('down'))
          : Promise.resolve(origin === SPA);
      },
    },
  });
});
beforeEach(() => {
  server.config.replace(httpConfiguration());
  configure({
    enabled: true,
    allowed_origins: [APP],
    max_age: 60,
    exposed_headers: ['X-Own'],
    allowed_methods: ['GET', 'POST'],
  });
});
afterAll(() => server.close());

function configure(cors: Partial<CorsConfiguration>, listener: 'public' | 'admin' = 'public'): void {
  Object.assign(server.config.current.serve[listener].cors, cors);
}

const preflight = (url: string, origin: string, method = 'POST', headers = 'authorization') =>
  fetch(url, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': headers },
  });
const form = (path: string, origin: string, clientId: string) =>
  fetch(server.public + path, {
    method: 'POST',
    headers: { origin },
    body: new URLSearchParams({ client_id: clientId }),
  });
const allowed = (response: Response) => response.headers.get('access-control-allow-origin');

describe('preflights', () => {
  it('are answered for configured origins, on hot routes, in Express and elsewhere', async () => {
    for (const path of ['/oauth2/token', '/userinfo', '/oauth2/auth', '/no/such']) {
      const response = await preflight(server.public + path, APP);
      expect([response.status, allowed(response)], path).toEqual([204, APP]);
      expect(Object.fromEntries(response.headers), path).toMatchObject({
        'access-control-allow-credentials': 'true',
        'access-control-allow-methods': 'POST',
        'access-control-allow-headers': 'authorization',
        'access-control-max-age': '60',
        vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
      });
    }
  });

  it('allow no other origins, methods or headers', async () => {
    const url = `${server.public}/oauth2/token`;
    for (const refused of [
      await preflight(url, EVIL),
      await preflight(url, APP, 'DELETE'),
      await preflight(url, APP, 'POST', 'authorization, x-odd'),
    ]) {
      expect([refused.status, allowed(refused), refused.headers.get('access-control-allow-methods')]).toEqual([
        204,
        null,
        null,
      ]);
    }
  });

  it('of the endpoints of clients allow an origin that some client has, and no other', async () => {
    for (const path of ['/oauth2/token', '/userinfo', '/oauth2/revoke', '/credentials']) {
      const response = await preflight(server.public + path, SPA);
      expect([response.status, allowed(response)], path).toEqual([204, SPA]);
      expect(response.headers.get('access-control-allow-credentials'), path).toBe('true');
      for (const origin of [EVIL, 'null', 'https://broken.example']) {
        expect(allowed(await preflight(server.public + path, origin)), `${path} ${origin}`).toBeNull();
      }
    }
    expect(allowed(await preflight(`${server.public}/oauth2/auth`, SPA))).toBeNull();
  });

  it('look up no client if they are refused in any case or allowed by the configuration', async () => {
    asked.length = 0;
    await preflight(`${server.public}/oauth2/token`, SPA, 'DELETE');
    await preflight(`${server.public}/oauth2/token`, SPA, 'POST', 'x-odd');
    await preflight(`${server.public}/oauth2/token`, APP);
    expect(asked).toEqual([]);
  });

  it('reach the endpoint with options_passthrough, and Express on all other paths', async () => {
    configure({ options_passthrough: true });
    const token = await preflight(`${server.public}/oauth2/token`, SPA);
    expect([token.status, allowed(token)]).toEqual([200, SPA]);
    const other = await preflight(`${server.public}/oauth2/auth`, APP);
    expect([other.status, allowed(other)]).toEqual([404, APP]);
  });
});

describe('requests', () => {
  it('of configured origins get CORS headers; those of other origins are answered without them', async () => {
    for (const path of ['/oauth2/auth', '/userinfo']) {
      const [own, other] = await Promise.all(
        [APP, EVIL].map((origin) => fetch(server.public + path, { headers: { origin } })),
      );
      expect([own?.status, own && allowed(own), own?.headers.get('access-control-expose-headers')]).toEqual([
        200,
        APP,
        'X-Own',
      ]);
      expect([other?.status, other && allowed(other), other?.headers.get('vary')], path).toEqual([200, null, 'Origin']);
    }
  });

  it('from an origin of the client are allowed for that client only, also if the answer is an error', async () => {
    expect(allowed(await form('/oauth2/token', SPA, 'spa'))).toBe(SPA);
    expect(allowed(await form('/oauth2/token', SPA, 'another'))).toBeNull();
    const refused = await form('/oauth2/revoke', SPA, 'spa');
    expect([refused.status, allowed(refused)]).toEqual([401, SPA]);
  });

  it('are answered without CORS headers if the client cannot be determined', async () => {
    const broken = await fetch(`${server.public}/oauth2/token`, {
      method: 'POST',
      headers: { origin: SPA },
      body: '{',
    });
    expect([broken.status, allowed(broken)]).toEqual([200, null]);
  });

  it('without a client can be read by every origin that some client registered, and by no other', async () => {
    const ask = async (origin: string, headers = {}) =>
      allowed(await fetch(`${server.public}/userinfo`, { headers: { origin, ...headers } }));
    expect(await ask(SPA)).toBe(SPA);
    expect(await ask(EVIL)).toBeNull();
    expect(await ask(EVIL, { authorization: 'Bearer dead' })).toBeNull();
  });

  it('with doubled slashes in the path are redirected to the clean path, with the CORS headers of the client', async () => {
    expect(allowed(await preflight(`${server.public}//oauth2/token`, SPA))).toBe(SPA);
    expect(allowed(await preflight(`${server.public}//oauth2/token`, EVIL))).toBeNull();
    const body = new URLSearchParams({ client_id: 'spa' });
    const init: RequestInit = { method: 'POST', headers: { origin: SPA }, body, redirect: 'manual' };
    const redirect = await fetch(`${server.public}//oauth2/token`, init);
    expect([redirect.status, redirect.headers.get('location'), allowed(redirect)]).toEqual([307, '/oauth2/token', SPA]);
  });

  it('get no CORS headers for client origins outside the client endpoints', async () => {
    expect(allowed(await fetch(`${server.public}/oauth2/auth?client_id=spa`, { headers: { origin: SPA } }))).toBeNull();
  });
});

describe('every origin', () => {
  it('is allowed by an empty list and by *, but never with credentials', async () => {
    for (const origins of [[], ['*']]) {
      configure({ allowed_origins: origins });
      for (const response of [
        await fetch(`${server.public}/userinfo`, { headers: { origin: EVIL } }),
        await preflight(`${server.public}/oauth2/token`, EVIL),
      ]) {
        expect([allowed(response), response.headers.get('access-control-allow-credentials')]).toEqual(['*', null]);
      }
    }
  });
});

describe('public documents', () => {
  it('can be read from every origin, without credentials, whether or not CORS is configured', async () => {
    for (const enabled of [true, false]) {
      configure({ enabled });
      for (const path of [
        '/.well-known/jwks.json',
        '/.well-known/no/such',
        '/tenant/.well-known/openid-configuration',
      ]) {
        for (const headers of [{ origin: EVIL }, { origin: APP }, {}]) {
          const response = await fetch(server.public + path, { headers: headers as Record<string, string> });
          expect([allowed(response), response.headers.get('access-control-allow-credentials')], path).toEqual([
            '*',
            null,
          ]);
        }
      }
    }
  });

  it('may be requested with any header', async () => {
    configure({ enabled: false });
    const url = `${server.public}/.well-known/oauth-authorization-server`;
    const response = await preflight(url, EVIL, 'GET', 'mcp-protocol-version, X-Own, a b');
    expect([response.status, allowed(response)]).toEqual([204, '*']);
    expect(response.headers.get('access-control-allow-methods')).toBe('GET, HEAD');
    expect(response.headers.get('access-control-allow-headers')).toBe('mcp-protocol-version, x-own');
    expect(response.headers.get('access-control-allow-credentials')).toBeNull();
  });

  it('do not exist on the admin listener', async () => {
    expect(allowed(await fetch(`${server.admin}/.well-known/jwks.json`))).toBeNull();
  });
});

describe('listeners', () => {
  it('have separate allowed origins', async () => {
    configure({ enabled: true, allowed_origins: ['https://dash.example'] }, 'admin');
    const ask = async (url: string, origin: string) => allowed(await fetch(url, { headers: { origin } }));
    expect(await ask(`${server.admin}/clients`, 'https://dash.example')).toBe('https://dash.example');
    expect(await ask(`${server.admin}/clients`, APP)).toBeNull();
    expect(await ask(`${server.public}/userinfo`, 'https://dash.example')).toBeNull();
  });

  it('send no CORS headers if CORS is disabled', async () => {
    configure({ enabled: false });
    const response = await fetch(`${server.public}/userinfo`, { headers: { origin: APP } });
    expect([allowed(response), response.headers.get('vary')]).toEqual([null, null]);
  });
});
