import { createHash } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { ClientsService } from '../../../src/clients/clients.service.js';
import type { RegisteredClient } from '../../../src/clients/registered-client.js';
import { FlowStoreUnavailable } from '../../../src/flow-store/flow-store.js';
import { Flows } from '../../../src/flow-store/flows.js';
import { FrontChannelTokens } from '../../../src/oauth2/issuance/front-channel-tokens.js';
import type { CookieBrowser, End } from '../../support/cookie-browser.js';
import { ISSUER } from '../../support/server.js';
import { overBothStores } from '../../support/stores.js';
import { Stage, stopped } from './stage.js';

const REMEMBERED = { login: { remember: true }, consent: { remember: true } };
const halfHash = (text: string): string =>
  createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url');
const payloadOf = (jwt = ''): Record<string, unknown> =>
  JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;

overBothStores('the authorization endpoint', (redis) => {
  const stage = new Stage(redis);
  const address = (over: Record<string, string | undefined> = {}, of = stage.client): string =>
    of.address({ scope: 'openid', ...over });
  const redeem = (end: End) => stage.client.redeem(end.parameters['code'] ?? '');

  describe('supports each response type', () => {
    it('code: code, scope, state and issuer in the query; the code gives tokens', async () => {
      const end = await stage.browser().walk(address());
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
      const end = await stage.browser().walk(address({ response_type: responseType }));
      expect(end.place).toBe('fragment');
      expect(Object.keys(end.parameters).sort()).toEqual(names);
      const { id_token: idToken, access_token: accessToken, code } = end.parameters;
      if (idToken === undefined) return;
      expect(payloadOf(idToken)).toMatchObject({ sub: 'alice', nonce: 'a-long-nonce', aud: [stage.client.clientId] });
      expect(payloadOf(idToken)['at_hash']).toBe(accessToken && halfHash(accessToken));
      expect(payloadOf(idToken)['c_hash']).toBe(code && halfHash(code));
    });

    it.each(['code', 'code id_token token'])('form_post works with %s, also for errors', async (responseType) => {
      const params = { response_type: responseType, response_mode: 'form_post' };
      const end = await stage.browser().walk(address(params));
      expect([end.status, end.place]).toEqual([200, 'form']);
      expect(end.parameters).toMatchObject({ state: 'a-long-state', iss: ISSUER });
      expect((await redeem(end)).status).toBe(200);
      const refused = await stage.browser().walk(address({ ...params, scope: 'admin' }));
      expect([refused.place, refused.parameters['error']]).toEqual(['form', 'invalid_scope']);
    });

    it('leaves the ID token out if openid was not granted, and refuses if nothing else was requested', async () => {
      const answers = { consent: { grant_scope: [] } };
      const hybrid = await stage.browser().walk(address({ response_type: 'code id_token' }), { answers });
      expect(Object.keys(hybrid.parameters).sort()).toEqual(['code', 'iss', 'state']);
      const alone = await stage.browser().walk(address({ response_type: 'id_token' }), { answers });
      expect([alone.place, alone.parameters['error']]).toEqual(['fragment', 'unsupported_response_type']);
    });
  });

  describe('a request by POST', () => {
    it('keeps the parameters of its body to the end of the flow', async () => {
      const asked = new URL(address({ login_hint: 'bob', response_mode: 'fragment' }), ISSUER);
      const form = Object.fromEntries(asked.searchParams);
      const browser = stage.browser();
      const end = await browser.walk('/oauth2/auth', { form });
      expect([end.place, end.parameters['state']]).toEqual(['fragment', 'a-long-state']);
      expect(end.login).toMatchObject({ oidc_context: { login_hint: 'bob' } });
      expect(Object.fromEntries(new URL(String(end.login?.['request_url'])).searchParams)).toEqual(form);
      expect((await redeem(end)).status).toBe(200);
    });

    it('may have its parameters in the query', async () => {
      const { status, headers } = await stage.ask('POST', address());
      expect([status, headers.get('location')?.split('?')[0]]).toEqual([302, 'http://ui.example/login']);
    });

    it('is refused if the body is not a form', async () => {
      const { status, headers } = await stage.ask('POST', '/oauth2/auth', {
        body: 'a=1',
        headers: { 'content-type': 'application/json' },
      });
      expect([status, headers.get('location')?.split('?')[0]]).toEqual([302, 'http://ui.example/error']);
    });
  });

  it('HEAD is answered like GET, other methods are not supported', async () => {
    expect((await stage.ask('HEAD', address())).status).toBe(302);
    for (const method of ['PUT', 'DELETE', 'PATCH']) expect((await stage.ask(method, address())).status).toBe(404);
  });

  describe('the return from login or consent', () => {
    it('uses the stored request: changes in the address have no effect', async () => {
      const browser = stage.browser();
      const { challenge } = await stopped(browser, address(), 'login');
      const back = new URL(await browser.accept('login', challenge));
      back.searchParams.set('scope', 'openid offline_access');
      back.searchParams.set('redirect_uri', 'https://evil.example/cb');
      const end = await browser.walk(back.href);
      expect(end.url?.origin).toBe('https://app.example');
      expect(end.parameters['scope']).toBe('openid');
    });

    it('with another client in the address is invalid_client on the error page', async () => {
      const other = await stage.register();
      const browser = stage.browser();
      const { challenge } = await stopped(browser, address(), 'login');
      const back = new URL(await browser.accept('login', challenge));
      back.searchParams.set('client_id', other.clientId);
      const end = await browser.walk(back.href);
      expect([end.url?.pathname, end.parameters['error']]).toEqual(['/error', 'invalid_client']);
    });

    it('of a client that was deleted meanwhile ends on the error page', async () => {
      const gone = await stage.register();
      const browser = stage.browser();
      const { challenge } = await stopped(browser, address({}, gone), 'consent');
      const back = await browser.accept('consent', challenge);
      expect((await stage.client.admin('DELETE', `/clients/${gone.clientId}`)).status).toBe(204);
      const end = await browser.walk(back);
      expect([end.url?.pathname, end.parameters['error']]).toEqual(['/error', 'invalid_client']);
    });

    it('to a redirect URI that was removed from the client meanwhile ends on the error page', async () => {
      const moved = await stage.register();
      const browser = stage.browser();
      const { challenge } = await stopped(browser, address({}, moved), 'login');
      const back = await browser.accept('login', challenge);
      const patch = [{ op: 'replace', path: '/redirect_uris', value: ['https://app.example/new'] }];
      expect((await stage.client.admin('PATCH', `/clients/${moved.clientId}`, patch)).status).toBe(200);
      const end = await browser.walk(back);
      expect([end.url?.pathname, end.parameters['error']]).toEqual(['/error', 'invalid_request']);
    });

    describe.each([
      ['renamed', `name = 'another name'`, (end: End) => end.parameters['code'] !== undefined],
      [
        ...[
          'without its redirect URI',
          `metadata = jsonb_set(metadata::jsonb, '{redirect_uris}', '["https://app.example/new"]')`,
        ],
        (end: End) => end.parameters['error'] === 'invalid_request' && end.url?.pathname === '/error',
      ] as const,
    ])('of a client that another replica has just changed', (how, change, holds) => {
      it(`is checked with the current client: ${how}`, async () => {
        const changed = await stage.register();
        const browser = stage.browser();
        const { challenge } = await stopped(browser, address({}, changed), 'consent');
        const back = await browser.accept('consent', challenge);
        await stage.query(`update client set version = version + 1, ${change} where client_id = $1`, [
          changed.clientId,
        ]);
        expect(await browser.walk(back)).toSatisfy(holds);
      });
    });

    it.each<[string, (browser: CookieBrowser, start: string) => Promise<[CookieBrowser, string]>]>([
      [
        'the login app refused',
        async (browser, start) => {
          const { challenge } = await stopped(browser, start, 'login');
          return [browser, await browser.reject('login', challenge, { error: 'access_denied' })];
        },
      ],
      [
        'the session has ended and nobody may be asked',
        async (browser, start) => {
          const { challenge } = await stopped(browser, `${start}&prompt=none`, 'login');
          const back = await browser.accept('login', challenge);
          await stage.query('delete from login_session', []);
          return [browser, back];
        },
      ],
      [
        'the verifier was used',
        async (browser, start) => {
          const { challenge } = await stopped(browser, start, 'consent');
          const back = await browser.accept('consent', challenge);
          await browser.walk(back);
          return [browser, back];
        },
      ],
      [
        'another browser comes',
        async (browser, start) => {
          const { challenge } = await stopped(browser, start, 'consent');
          return [stage.browser(), await browser.accept('consent', challenge)];
        },
      ],
    ])('sends no error to an address that another replica has just removed from the client: %s', async (_, until) => {
      const moved = await stage.register();
      const browser = stage.browser();
      await browser.walk(address({}, moved)); // there is a login session, and the client is known
      const [visitor, back] = await until(browser, address({}, moved));
      await stage.query(
        `update client set version = version + 1,
           metadata = jsonb_set(metadata::jsonb, '{redirect_uris}', '["https://app.example/new"]') where client_id = $1`,
        [moved.clientId],
      );
      const end = await visitor.walk(back);
      expect([end.url?.pathname, end.parameters['error']]).toEqual(['/error', 'invalid_request']);
    });

    it.each([
      ['had another redirect URI', { redirectUris: { value: ['https://app.example/old'] } }],
      ['was another one of the same name', { key: { value: '0' } }],
    ])('continues if the cached client is older than the flow: it %s', async (_, then) => {
      const browser = stage.browser();
      const { challenge } = await stopped(browser, address(), 'login');
      const back = await browser.accept('login', challenge);
      const cached = vi.spyOn(ClientsService.prototype, 'cached').mockImplementationOnce(async function (
        this: ClientsService,
        clientId,
      ) {
        const client = await this.find(clientId);
        return client && (Object.create(client, then) as RegisteredClient);
      });
      const end = await browser.walk(back);
      expect(cached).toHaveBeenCalled();
      cached.mockRestore();
      expect(end.parameters['code']).toBeDefined();
    });

    it('of a login session that ended after consent was given leads to a new login', async () => {
      const browser = stage.browser();
      const { challenge } = await stopped(browser, address(), 'consent');
      const back = await browser.accept('consent', challenge);
      await stage.query('delete from login_session', []);
      for (let i = 0; i < 2; i++) {
        const end = await browser.walk(back, { until: 'login' });
        expect(end.login).toMatchObject({ skip: false });
      }
    });

    it.each(['login_verifier', 'consent_verifier'])('with a forged %s is denied to the client', async (name) => {
      const end = await stage.browser().walk(`${address({ response_type: 'token' })}&${name}=forged`);
      expect([end.place, end.parameters['error'], end.parameters['state']]).toEqual([
        ...['fragment', 'access_denied', 'a-long-state'],
      ]);
    });

    it('in another browser is denied to the client, and does not end the flow', async () => {
      const browser = stage.browser();
      const { challenge } = await stopped(browser, address(), 'consent');
      const back = await browser.accept('consent', challenge);
      expect((await stage.browser().walk(back)).parameters).toMatchObject({ error: 'request_forbidden', iss: ISSUER });
      expect((await browser.walk(back)).parameters['code']).toBeDefined();
    });

    it('a second time issues no second code', async () => {
      const browser = stage.browser();
      const { challenge } = await stopped(browser, address(), 'consent');
      const back = await browser.accept('consent', challenge);
      const all = await Promise.all(Array.from({ length: 5 }, () => browser.walk(back)));
      expect(all.filter((end) => end.parameters['code'] !== undefined)).toHaveLength(1);
      expect(all.filter((end) => end.parameters['error'] === 'access_denied')).toHaveLength(4);
    });

    it.each([
      ['in the step that ends the flow', () => vi.spyOn(Flows.prototype, 'transition')],
      ['after the flow had ended', () => vi.spyOn(FrontChannelTokens.prototype, 'prepare')],
    ])('issues the code at the next attempt if a store failed %s', async (_, spy) => {
      const browser = stage.browser();
      const { challenge } = await stopped(browser, address(), 'consent');
      const back = await browser.accept('consent', challenge);
      const gone = spy().mockRejectedValueOnce(new FlowStoreUnavailable('gone'));
      const failed = await browser.walk(back);
      gone.mockRestore();
      expect([failed.status, failed.place]).toEqual([503, 'page']);
      const end = await browser.walk(back);
      expect((await redeem(end)).status).toBe(200);
      expect((await browser.walk(back)).parameters['error']).toBe('access_denied');
    });

    it('sends the error of the app to the client, escaped and in the mode of the request', async () => {
      const browser = stage.browser();
      const { challenge } = await stopped(browser, address({ response_mode: 'form_post' }), 'login');
      const said = { error: 'locked"><script>', error_description: 'call\r\nus <b>now</b>' };
      const end = await browser.walk(await browser.reject('login', challenge, said));
      expect(end.place).toBe('form');
      expect(end.parameters['error']).toBe('locked"><script>');
      expect(end.text).not.toMatch(/<b>|"><script>/);
    });
  });

  describe('id_token_hint', () => {
    it('of the user logged in skips the login; a foreign or altered one is refused', async () => {
      const browser = stage.browser();
      const first = await browser.walk(address({ response_type: 'id_token' }), { answers: REMEMBERED });
      const hint = first.parameters['id_token'] ?? '';
      const again = await browser.walk(address({ id_token_hint: hint, prompt: 'none' }));
      expect(again.parameters['code']).toBeDefined();
      expect(again.login).toMatchObject({ oidc_context: { id_token_hint_claims: { sub: 'alice' } } });
      const altered = `${hint.slice(0, -4)}AAAA`;
      for (const bad of ['nonsense', altered]) {
        const end = await stage.browser().walk(address({ id_token_hint: bad }));
        expect([end.parameters['error'], end.parameters['state']]).toEqual(['invalid_request', 'a-long-state']);
      }
    });
  });

  it('the built-in pages are served', async () => {
    for (const [page, key] of Object.entries({ login: 'urls.login', 'device/done': 'urls.device.success' })) {
      const answer = await stage.ask('GET', `/oauth2/fallbacks/${page}`);
      expect([answer.status, answer.text.includes(key)]).toEqual([200, true]);
      expect(answer.headers.get('x-frame-options')).toBe('DENY');
    }
  });
});
