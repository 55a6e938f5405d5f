import { createHash, createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redisUrl } from '../../support/redis.js';
import {
  authorizeQuery,
  CALLBACK,
  type Client,
  type End,
  ISSUER,
  requestPath,
  type Stand,
  startStand,
} from './stand.js';

const REMEMBERED = { login: { remember: true }, consent: { remember: true } };
const halfHash = (text: string): string =>
  createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url');
const payloadOf = (jwt = ''): Record<string, unknown> =>
  JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;

const stores = [
  { store: 'PostgreSQL', redis: (): string | undefined => undefined, skip: false },
  { store: 'Redis', redis: redisUrl, skip: !redisUrl() },
];

describe.each(stores)('the authorization endpoint on $store', ({ redis, skip }) => {
  let stand: Stand;
  let client: Client;
  let close = (): Promise<void> => Promise.resolve();
  const address = (over?: Record<string, string | undefined>, of = client): string =>
    `/oauth2/auth?${authorizeQuery(of, over).toString()}`;
  const redeem = (end: End, form: Record<string, string> = {}) =>
    stand.ask('POST', '/oauth2/token', {
      form: { grant_type: 'authorization_code', code: end.parameters['code'] ?? '', redirect_uri: CALLBACK, ...form },
      headers: {
        authorization: `Basic ${Buffer.from(`${client.client_id}:${client.client_secret}`).toString('base64')}`,
      },
    });

  beforeAll(async () => {
    if (skip) return;
    stand = await startStand({}, redis());
    close = () => stand.close();
    client = await stand.register();
  });
  afterAll(() => close());

  describe.skipIf(skip)('carries each response type', () => {
    it('code: code, scope, state and issuer in the query; the code gives tokens', async () => {
      const end = await stand.browser().walk(address());
      expect([end.status, end.place]).toEqual([303, 'query']);
      expect(Object.keys(end.parameters).sort()).toEqual(['code', 'iss', 'scope', 'state']);
      expect(end.parameters).toMatchObject({ scope: 'openid', state: 'a-long-state', iss: ISSUER });
      expect(end.headers.get('cache-control')).toBe('no-store');
      expect((await redeem(end)).status).toBe(200);
    });

    it.each([
      ['token', ['access_token', 'expires_in', 'iss', 'scope', 'state', 'token_type']],
      ['id_token', ['id_token', 'iss', 'state']],
      ['id_token token', ['access_token', 'expires_in', 'id_token', 'iss', 'scope', 'state', 'token_type']],
      ['code id_token', ['code', 'id_token', 'iss', 'state']],
      ['code token', ['access_token', 'code', 'expires_in', 'iss', 'scope', 'state', 'token_type']],
      [
        'token id_token code',
        ['access_token', 'code', 'expires_in', 'id_token', 'iss', 'scope', 'state', 'token_type'],
      ],
    ])('%s: %j in the fragment', async (responseType, names) => {
      const end = await stand.browser().walk(address({ response_type: responseType }));
      expect(end.place).toBe('fragment');
      expect(Object.keys(end.parameters).sort()).toEqual(names);
      const { id_token: idToken, access_token: accessToken, code } = end.parameters;
      if (idToken === undefined) return;
      expect(payloadOf(idToken)).toMatchObject({ sub: 'alice', nonce: 'a-long-nonce', aud: [client.client_id] });
      expect(payloadOf(idToken)['at_hash']).toBe(accessToken && halfHash(accessToken));
      expect(payloadOf(idToken)['c_hash']).toBe(code && halfHash(code));
    });

    it.each(['code', 'code id_token token'])('form_post carries %s, errors too', async (responseType) => {
      const params = { response_type: responseType, response_mode: 'form_post' };
      const end = await stand.browser().walk(address(params));
      expect([end.status, end.place]).toEqual([200, 'form']);
      expect(end.parameters).toMatchObject({ state: 'a-long-state', iss: ISSUER });
      expect((await redeem(end)).status).toBe(200);
      const refused = await stand.browser().walk(address({ ...params, scope: 'admin' }));
      expect([refused.place, refused.parameters['error']]).toEqual(['form', 'invalid_scope']);
    });

    it('leaves the ID token out where openid was not granted, and refuses where it was all', async () => {
      const answers = { consent: { grant_scope: [] } };
      const hybrid = await stand.browser().walk(address({ response_type: 'code id_token' }), { answers });
      expect(Object.keys(hybrid.parameters).sort()).toEqual(['code', 'iss', 'state']);
      const alone = await stand.browser().walk(address({ response_type: 'id_token' }), { answers });
      expect([alone.place, alone.parameters['error']]).toEqual(['fragment', 'unsupported_response_type']);
    });
  });

  describe.skipIf(skip)('a request by POST', () => {
    it('is carried to the end with what stood in the body', async () => {
      const form = Object.fromEntries(authorizeQuery(client, { login_hint: 'bob', response_mode: 'fragment' }));
      const browser = stand.browser();
      const end = await browser.walk('/oauth2/auth', { form });
      expect([end.place, end.parameters['state']]).toEqual(['fragment', 'a-long-state']);
      expect(end.login).toMatchObject({ oidc_context: { login_hint: 'bob' } });
      expect(Object.fromEntries(new URL(String(end.login?.['request_url'])).searchParams)).toEqual(form);
      expect((await redeem(end)).status).toBe(200);
    });

    it('may have its parameters in the address', async () => {
      const { status, headers } = await stand.ask('POST', address());
      expect([status, headers.get('location')?.split('?')[0]]).toEqual([302, 'http://ui.example/login']);
    });

    it('is refused where the body is no form', async () => {
      const { status, headers } = await stand.ask('POST', '/oauth2/auth', {
        form: { a: '1' },
        headers: { 'content-type': 'application/json' },
      });
      expect([status, headers.get('location')?.split('?')[0]]).toEqual([302, 'http://ui.example/error']);
    });
  });

  it.skipIf(skip)('HEAD is answered like GET, other methods are not there', async () => {
    expect((await stand.ask('HEAD', address())).status).toBe(302);
    for (const method of ['PUT', 'DELETE', 'PATCH']) expect((await stand.ask(method, address())).status).toBe(404);
  });

  describe.skipIf(skip)('the way back', () => {
    it('goes by the stored request: what was changed in the address gains nothing', async () => {
      const browser = stand.browser();
      const asked = await browser.walk(address(), { until: 'login' });
      const challenge = asked.url?.searchParams.get('login_challenge') ?? '';
      const back = new URL(await browser.accept('login', challenge, asked.login ?? {}));
      back.searchParams.set('scope', 'openid offline_access');
      back.searchParams.set('redirect_uri', 'https://evil.example/cb');
      const end = await browser.walk(back.href);
      expect(end.url?.origin).toBe('https://app.example');
      expect(end.parameters['scope']).toBe('openid');
    });

    it('with another client in the address is invalid_client on the error page', async () => {
      const other = await stand.register();
      const browser = stand.browser();
      const asked = await browser.walk(address(), { until: 'login' });
      const challenge = asked.url?.searchParams.get('login_challenge') ?? '';
      const back = new URL(await browser.accept('login', challenge, asked.login ?? {}));
      back.searchParams.set('client_id', other.client_id);
      const end = await browser.walk(back.href);
      expect([end.url?.pathname, end.parameters['error']]).toEqual(['/error', 'invalid_client']);
    });

    it('of a client that was deleted meanwhile ends on the error page', async () => {
      const gone = await stand.register();
      const browser = stand.browser();
      const asked = await browser.walk(address({}, gone), { until: 'consent' });
      const challenge = asked.url?.searchParams.get('consent_challenge') ?? '';
      const back = await browser.accept('consent', challenge, asked.consent ?? {});
      expect((await stand.admin('DELETE', `/clients/${gone.client_id}`)).status).toBe(204);
      const end = await browser.walk(back);
      expect([end.url?.pathname, end.parameters['error']]).toEqual(['/error', 'invalid_client']);
    });

    it('to a redirect URI that was taken off the client meanwhile ends on the error page', async () => {
      const moved = await stand.register();
      const browser = stand.browser();
      const asked = await browser.walk(address({}, moved), { until: 'login' });
      const challenge = asked.url?.searchParams.get('login_challenge') ?? '';
      const back = await browser.accept('login', challenge, asked.login ?? {});
      const patch = [{ op: 'replace', path: '/redirect_uris', value: ['https://app.example/new'] }];
      expect((await stand.admin('PATCH', `/clients/${moved.client_id}`, patch)).status).toBe(200);
      const end = await browser.walk(back);
      expect([end.url?.pathname, end.parameters['error']]).toEqual(['/error', 'invalid_request']);
    });

    it.each(['login_verifier', 'consent_verifier'])('with a forged %s is denied to the client', async (name) => {
      const end = await stand.browser().walk(`${address({ response_type: 'token' })}&${name}=forged`);
      expect([end.place, end.parameters['error'], end.parameters['state']]).toEqual([
        ...['fragment', 'access_denied', 'a-long-state'],
      ]);
    });

    it('in another browser is refused to the client, and spoils nothing', async () => {
      const browser = stand.browser();
      const asked = await browser.walk(address(), { until: 'consent' });
      const challenge = asked.url?.searchParams.get('consent_challenge') ?? '';
      const back = await browser.accept('consent', challenge, asked.consent ?? {});
      expect((await stand.browser().walk(back)).parameters).toMatchObject({ error: 'request_forbidden', iss: ISSUER });
      expect((await browser.walk(back)).parameters['code']).toBeDefined();
    });

    it('a second time gives no second code', async () => {
      const browser = stand.browser();
      const asked = await browser.walk(address(), { until: 'consent' });
      const challenge = asked.url?.searchParams.get('consent_challenge') ?? '';
      const back = await browser.accept('consent', challenge, asked.consent ?? {});
      const all = await Promise.all(Array.from({ length: 5 }, () => browser.walk(back)));
      expect(all.filter((end) => end.parameters['code'] !== undefined)).toHaveLength(1);
      expect(all.filter((end) => end.parameters['error'] === 'access_denied')).toHaveLength(4);
    });

    it('brings what the app says to the client, in the mode of the request, escaped', async () => {
      const browser = stand.browser();
      const asked = await browser.walk(address({ response_mode: 'form_post' }), { until: 'login' });
      const challenge = asked.url?.searchParams.get('login_challenge') ?? '';
      const said = { error: 'locked"><script>', error_description: 'call\r\nus <b>now</b>' };
      const { json } = await stand.admin('PUT', requestPath('login', challenge, '/reject'), said);
      const end = await browser.walk(String(json['redirect_to']));
      expect(end.place).toBe('form');
      expect(end.parameters['error']).toBe('locked"><script>');
      expect(end.text).not.toMatch(/<b>|"><script>/);
    });
  });

  describe.skipIf(skip)('id_token_hint', () => {
    it('of the user logged in skips the login; a foreign or altered one is refused', async () => {
      const browser = stand.browser();
      const first = await browser.walk(address({ response_type: 'id_token' }), { answers: REMEMBERED });
      const hint = first.parameters['id_token'] ?? '';
      const again = await browser.walk(address({ id_token_hint: hint, prompt: 'none' }));
      expect(again.parameters['code']).toBeDefined();
      expect(again.login).toMatchObject({ oidc_context: { id_token_hint_claims: { sub: 'alice' } } });
      const altered = `${hint.slice(0, -4)}AAAA`;
      for (const bad of ['nonsense', altered]) {
        const end = await stand.browser().walk(address({ id_token_hint: bad }));
        expect([end.parameters['error'], end.parameters['state']]).toEqual(['invalid_request', 'a-long-state']);
      }
    });
  });

  describe.skipIf(skip)('request objects', () => {
    const { privateKey } = generateKeyPairSync('ed25519');
    const pair = { EdDSA: privateKey, ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey };
    const jwks = {
      keys: Object.entries(pair).map(([alg, key]) => ({
        ...createPublicJwk(key.export({ format: 'jwk' })),
        ...{ alg, kid: alg, use: 'sig' },
      })),
    };
    const signed = (alg: keyof typeof pair, claims: object): string => {
      const parts = [{ alg, kid: alg }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
      const key = createPrivateKey(pair[alg].export({ format: 'pem', type: 'pkcs8' }));
      const digest = alg === 'EdDSA' ? undefined : 'sha256';
      const signature = sign(digest, Buffer.from(parts.join('.')), { key, dsaEncoding: 'ieee-p1363' });
      return [...parts, signature.toString('base64url')].join('.');
    };
    const outer = { redirect_uri: undefined, state: undefined };
    const claims = { redirect_uri: CALLBACK, state: 'of-the-object', login_hint: 'bob' };

    it.each(['EdDSA', 'ES256'] as const)('signed with %s count in place of the query', async (alg) => {
      const of = await stand.register({ jwks });
      const end = await stand.browser().walk(address({ ...outer, request: signed(alg, claims) }, of));
      expect(end.parameters).toMatchObject({ state: 'of-the-object', code: expect.any(String) as string });
      expect(end.login).toMatchObject({ oidc_context: { login_hint: 'bob' } });
    });

    it('by reference are fetched from registered addresses alone', async () => {
      const asked: string[] = [];
      const site = createServer((request, response) => {
        asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
        response.end(signed('ES256', claims));
      });
      await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
      const base = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
      try {
        const of = await stand.register({ jwks, request_uris: [`${base}/one`] });
        const end = await stand.browser().walk(address({ ...outer, request_uri: `${base}/one` }, of));
        expect(end.parameters['state']).toBe('of-the-object');
        const refused = await stand.browser().walk(address({ ...outer, request_uri: `${base}/two` }, of));
        expect([refused.url?.pathname, refused.parameters['error']]).toEqual(['/error', 'invalid_request_uri']);
        expect(asked).toEqual(['GET /one']);
      } finally {
        site.close();
      }
    });

    it.each([
      ['expired', { exp: 1 }],
      ['not valid yet', { nbf: 9_999_999_999 }],
      ['of another client', { client_id: 'other' }],
    ])('%s are invalid_request_object on the error page', async (_, more) => {
      const of = await stand.register({ jwks });
      const request = signed('ES256', { ...claims, ...more });
      const end = await stand.browser().walk(address({ ...outer, request }, of));
      expect([end.url?.pathname, end.parameters['error']]).toEqual(['/error', 'invalid_request_object']);
    });
  });

  describe.skipIf(skip)('values that try to break out', () => {
    const ATTACK = '"><script>alert(1)</script>\r\nset-cookie: evil=1\u2028</form>';

    it.each(['query', 'fragment', 'form_post'])('come back whole in a %s, as text', async (mode) => {
      const end = await stand.browser().walk(address({ response_mode: mode, state: ATTACK }));
      expect(end.parameters['state']).toBe(ATTACK);
      expect(end.text).not.toContain('<script>alert');
      expect(end.headers.getSetCookie().join()).not.toContain('evil');
    });

    it('are text on the error page, too', async () => {
      const end = await stand.browser().walk(address({ client_id: ATTACK, error: ATTACK }));
      expect(end.url?.origin).toBe('http://ui.example');
      const page = await stand.ask(
        'GET',
        `/oauth2/fallbacks/error?${new URLSearchParams({ error: ATTACK }).toString()}`,
      );
      expect(page.status).toBe(500);
      expect(page.text).not.toContain('<script>');
      expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    });
  });

  it.skipIf(skip)('64 KiB of parameters work, more is 414', async () => {
    const room = 65_536 - (address({ claims: '' }).length - '/oauth2/auth?'.length);
    expect((await stand.ask('GET', address({ claims: 'x'.repeat(room) }))).status).toBe(302);
    expect((await stand.ask('GET', address({ claims: 'x'.repeat(room + 1) }))).status).toBe(414);
  });

  describe.skipIf(skip)('a thousand garbage requests', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...[
          '%',
          '%00',
          '%ff',
          '%zz',
          '%ed%a0%80',
          '+',
          '&&',
          '=',
          '&=&',
          ';',
          '%0d%0aset-cookie:%20a=b',
          '[]',
          '__proto__',
        ],
        ...[
          'client_id=',
          'redirect_uri=',
          'scope=openid',
          'state=a-long-state',
          'response_type=code',
          'response_mode=',
        ],
        ...['prompt=none', 'max_age=', 'request=', 'request_uri=', 'login_verifier=', 'consent_verifier=', 'form_post'],
        ...['id_token_hint=', 'audience=', 'claims=', 'nonce=', 'code_challenge=', encodeURIComponent(CALLBACK)],
      ),
      fc.string({ maxLength: 12 }).map(encodeURIComponent),
    );
    const query = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('&').replaceAll('=&', '='));

    it('are answered, none of them with a fault of the server', async () => {
      const browser = stand.browser();
      await fc.assert(
        fc.asyncProperty(query, fc.boolean(), fc.boolean(), async (garbage, known, posted) => {
          const start = known ? `${address()}&` : '/oauth2/auth?';
          const { status, headers } = await browser.go(start + garbage, posted ? { [garbage]: garbage } : undefined);
          expect([302, 303, 200, 400, 413, 414]).toContain(status);
          const location = headers.get('location');
          if (location !== null)
            expect(['http://ui.example', 'https://app.example']).toContain(new URL(location).origin);
          expect(headers.getSetCookie().every((line) => line.startsWith('ory_hydra_'))).toBe(true);
        }),
        { numRuns: 1000 },
      );
    });
  });

  it.skipIf(skip)('the built-in pages are there', async () => {
    for (const [page, key] of Object.entries({ login: 'urls.login', 'device/done': 'urls.device.success' })) {
      const answer = await stand.ask('GET', `/oauth2/fallbacks/${page}`);
      expect([answer.status, answer.text.includes(key)]).toEqual([200, true]);
      expect(answer.headers.get('x-frame-options')).toBe('DENY');
    }
  });
});

function createPublicJwk(jwk: object): object {
  return Object.fromEntries(Object.entries(jwk).filter(([name]) => name !== 'd'));
}
