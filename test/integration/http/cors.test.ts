import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Controller, Get } from '@nestjs/common';
import type { CorsConfiguration } from '../../../src/config/configuration.js';
import type { HotRoute } from '../../../src/http/exchange.js';
import { jsonReply } from '../../../src/http/replies.js';
import { invalidClient } from '../../../src/protocol/oauth-error.js';
import { httpConfiguration } from './configuration.js';
import { startServer, type TestServer } from './server.js';

const APP = 'https://app.example';
const SPA = 'https://spa.example';
const EVIL = 'https://evil.example';

@Controller()
class InExpress {
  @Get(['userinfo', 'oauth2/auth', 'admin/clients'])
  get(): unknown {
    return {};
  }
}

const hotRoutes: HotRoute[] = [
  { listener: 'public', method: 'POST', path: '/oauth2/token', name: 'token', endpoint: () => jsonReply(200, {}) },
  {
    listener: 'public',
    method: 'POST',
    path: '/oauth2/revoke',
    name: 'revoke',
    endpoint: () => Promise.reject(invalidClient()),
  },
  {
    listener: 'public',
    method: 'GET',
    path: '/.well-known/jwks.json',
    name: 'jwks',
    endpoint: () => jsonReply(200, {}),
  },
];

let server: TestServer;
beforeAll(async () => {
  server = await startServer({
    hotRoutes,
    controllers: [InExpress],
    clientOrigins: async (exchange) => ((await exchange.form()).first('client_id') === 'spa' ? [SPA] : []),
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

  it('allow nothing to other origins, other methods and other headers', async () => {
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

  it('ignore the origins of clients, for no client can be told', async () => {
    expect(allowed(await preflight(`${server.public}/oauth2/token`, SPA))).toBeNull();
  });

  it('reach the layer of the clients with options_passthrough, and Express elsewhere', async () => {
    configure({ options_passthrough: true });
    const token = await preflight(`${server.public}/oauth2/token`, SPA);
    expect([token.status, allowed(token)]).toEqual([200, SPA]);
    const other = await preflight(`${server.public}/oauth2/auth`, APP);
    expect([other.status, allowed(other)]).toEqual([404, APP]);
  });
});

describe('requests', () => {
  it('of configured origins carry the headers, of others do not but are answered', async () => {
    for (const path of ['/.well-known/jwks.json', '/userinfo']) {
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

  it('of an origin of the client are allowed for that client, errors too', async () => {
    expect(allowed(await form('/oauth2/token', SPA, 'spa'))).toBe(SPA);
    expect(allowed(await form('/oauth2/token', SPA, 'another'))).toBeNull();
    const refused = await form('/oauth2/revoke', SPA, 'spa');
    expect([refused.status, allowed(refused)]).toEqual([401, SPA]);
  });

  it('are answered by the endpoint where no client can be told', async () => {
    const broken = await fetch(`${server.public}/oauth2/token`, {
      method: 'POST',
      headers: { origin: SPA },
      body: '{',
    });
    expect([broken.status, allowed(broken)]).toEqual([200, null]);
  });

  it('know no origins of clients beyond the endpoints of clients', async () => {
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

describe('listeners', () => {
  it('have origins of their own', async () => {
    configure({ enabled: true, allowed_origins: ['https://dash.example'] }, 'admin');
    const ask = async (url: string, origin: string) => allowed(await fetch(url, { headers: { origin } }));
    expect(await ask(`${server.admin}/clients`, 'https://dash.example')).toBe('https://dash.example');
    expect(await ask(`${server.admin}/clients`, APP)).toBeNull();
    expect(await ask(`${server.public}/userinfo`, 'https://dash.example')).toBeNull();
  });

  it('send nothing where CORS is off', async () => {
    configure({ enabled: false });
    const response = await fetch(`${server.public}/userinfo`, { headers: { origin: APP } });
    expect([allowed(response), response.headers.get('vary')]).toEqual([null, null]);
  });
});
