/** Pushed authorization requests (RFC 9126). */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CookieBrowser, type End } from '../../support/cookie-browser.js';
import { CALLBACK, RelyingParty } from '../../support/relying-party.js';
import { ISSUER } from '../../support/server.js';
import { overBothStores } from '../../support/stores.js';
import { Stage, stopped } from './stage.js';

const VERIFIER = 'a-verifier-of-the-tests-with-enough-characters';
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');
const GOOD = {
  ...{ response_type: 'code', redirect_uri: CALLBACK, scope: 'openid offline_access', state: 'a-long-state' },
  ...{ nonce: 'a-long-nonce', code_challenge: CHALLENGE, code_challenge_method: 'S256' },
};
const URN = 'urn:ietf:params:oauth:request_uri:';
const REMEMBERED = { login: { remember: true }, consent: { remember: true } };

overBothStores('pushed requests', (redis) => {
  const on = { enabled: true, allow_unregistered_redirect_uris: true };
  const stage = new Stage(redis, { oauth2: { pushed_authorization_requests: on } });

  const pushed = async (over: Record<string, string> = {}, by = stage.client): Promise<string> => {
    const { status, json, text } = await by.push({ ...GOOD, ...over });
    expect(status, text).toBe(201);
    return by.pushedAddress(String(json['request_uri']));
  };
  const onErrorPage = (end: End, code: string): void => {
    expect([end.url?.origin, end.parameters['error']]).toEqual(['http://ui.example', code]);
  };

  it('are confirmed with a fresh reference and its lifetime, which no cache stores', async () => {
    const [one, two] = [await stage.client.push(GOOD), await stage.client.push(GOOD)];
    expect(one.status).toBe(201);
    expect(one.headers.get('cache-control')).toBe('no-store');
    expect(one.json).toEqual({
      request_uri: expect.stringMatching(/^urn:ietf:params:oauth:request_uri:[\w-]{43}$/) as string,
      expires_in: 60,
    });
    expect(one.json['request_uri']).not.toBe(two.json['request_uri']);
  });

  it('are what counts in the flow, and nothing else of the address does', async () => {
    const address = await pushed({ login_hint: 'bob' });
    const more = new URLSearchParams({
      scope: 'photos.read',
      state: 'another-state',
      redirect_uri: 'https://evil.example',
      prompt: 'none',
    });
    const end = await stage.browser().walk(`${address}&${more.toString()}`);
    expect(end.login).toMatchObject({ oidc_context: { login_hint: 'bob' } });
    expect(end.parameters).toMatchObject({ state: 'a-long-state', scope: GOOD.scope, iss: ISSUER });
    const code = end.parameters['code'] ?? '';
    expect((await stage.client.redeem(code)).json['error']).toBe('invalid_grant');
    expect((await stage.client.redeem(code, { code_verifier: VERIFIER })).status).toBe(200);
  });

  it('may be brought by POST', async () => {
    const form = Object.fromEntries(new URL(await pushed(), ISSUER).searchParams);
    expect((await stage.browser().walk('/oauth2/auth', { form })).parameters['code']).toBeDefined();
  });

  it('reach neither the browser nor the address that the apps see', async () => {
    const secret = 'a-secret-hint';
    const address = await pushed({ login_hint: secret });
    const browser = stage.browser();
    const { asked, challenge } = await stopped(browser, address, 'login');
    const own = new URL(address, ISSUER).href;
    expect(asked['request_url']).toBe(own);
    const back = await browser.accept('login', challenge);
    expect(Object.fromEntries(new URL(back).searchParams)).toEqual({
      ...Object.fromEntries(new URL(own).searchParams),
      login_verifier: expect.any(String) as string,
    });
    expect(browser.cookie).not.toContain(secret);
  });

  describe('are refused, as the authorization endpoint would refuse them, if', () => {
    it.each([
      ['the redirect URI is foreign', { redirect_uri: 'http://evil.example/cb' }, 'invalid_request'],
      ['the response type is unknown', { response_type: 'nonsense' }, 'unsupported_response_type'],
      ['the response type is missing', { response_type: '' }, 'unsupported_response_type'],
      ['the response mode is unknown', { response_mode: 'nonsense' }, 'unsupported_response_mode'],
      [
        'the response mode does not fit',
        { response_type: 'token', response_mode: 'query' },
        'unsupported_response_mode',
      ],
      ['the scope is not allowed', { scope: 'openid admin' }, 'invalid_scope'],
      ['the audience is not allowed', { audience: 'https://api.example' }, 'invalid_request'],
      ['prompt is contradictory', { prompt: 'none login' }, 'invalid_request'],
      ['max_age is no number', { max_age: 'soon' }, 'invalid_request'],
      ['the challenge is no digest', { code_challenge: 'short' }, 'invalid_request'],
      ['the challenge method is plain', { code_challenge_method: 'plain' }, 'invalid_request'],
      ['the nonce is short', { nonce: 'short' }, 'insufficient_entropy'],
      ['the state is short', { response_type: 'token', state: 'short' }, 'invalid_state'],
      ['registration is sent', { registration: '{}' }, 'registration_not_supported'],
      ['id_token_hint is no token', { id_token_hint: 'nonsense' }, 'invalid_request'],
      ['the object is no JWT', { request: 'nonsense' }, 'invalid_request'],
      ['they hold a request_uri of a document', { request_uri: 'https://app.example/object' }, 'invalid_request'],
      ['they hold a request_uri of a pushed request', { request_uri: `${URN}${'a'.repeat(43)}` }, 'invalid_request'],
      ['they have no client_id', { client_id: '' }, 'invalid_request'],
    ])('%s', async (_, over, code) => {
      const { status, json } = await stage.client.push({ ...GOOD, ...over });
      expect([status, json['error'], json['request_uri']]).toEqual([400, code, undefined]);
    });

    it('a parameter comes twice', async () => {
      const body = new URLSearchParams([
        ...Object.entries(GOOD),
        ['client_id', stage.client.clientId],
        ['scope', 'openid'],
      ]);
      const { status, json } = await stage.ask('POST', '/oauth2/par', { body, headers: stage.client.credentials });
      expect([status, json['error']]).toEqual([400, 'invalid_request']);
    });

    it.each([
      ['application/json', JSON.stringify(GOOD)],
      [
        'multipart/form-data; boundary=b',
        '--b\r\ncontent-disposition: form-data; name="scope"\r\n\r\nopenid\r\n--b--\r\n',
      ],
    ])('the body is %s', async (type, body) => {
      const headers = { ...stage.client.credentials, 'content-type': type };
      const { status, json } = await stage.ask('POST', '/oauth2/par', { body, headers });
      expect([status, json['error']]).toEqual([400, 'invalid_request']);
    });

    it('they are larger than 16 KiB without the credentials', async () => {
      const size = new URLSearchParams({ client_id: stage.client.clientId, ...GOOD, login_hint: '' }).toString().length;
      const room = 16_384 - size;
      expect((await stage.client.push({ ...GOOD, login_hint: 'x'.repeat(room) })).status).toBe(201);
      expect((await stage.client.push({ ...GOOD, login_hint: 'x'.repeat(room + 1) })).status).toBe(413);
    });

    it('they are nonsense, whatever it is', async () => {
      const values = fc.oneof(fc.string(), fc.constantFrom('', 'ey.ey.', '{}', '[]', '\u0000', 'code', 'openid'));
      const names = fc.constantFrom(...Object.keys(GOOD), 'request', 'prompt', 'max_age', 'id_token_hint', 'audience');
      await fc.assert(
        fc.asyncProperty(fc.dictionary(names, values, { minKeys: 1 }), async (over) => {
          const { status, json } = await stage.client.push({ ...GOOD, ...over });
          expect([201, 400], JSON.stringify(over)).toContain(status);
          expect('request_uri' in json).toBe(status === 201);
        }),
        { numRuns: 100 },
      );
    });

    it('the client does not authenticate as it is registered', async () => {
      const ask = (body: Record<string, string>, headers = {}) =>
        stage.ask('POST', '/oauth2/par', { body: new URLSearchParams({ ...GOOD, ...body }), headers });
      const { clientId: client_id, secret: client_secret } = stage.client;
      for (const answer of [
        await stage.client.withSecret('a-wrong-secret').push(GOOD),
        await ask({ client_id }),
        await ask({ client_id, client_secret }),
        await ask({ client_id: 'unknown', client_secret }),
        await ask({ client_id: 'unknown' }, stage.client.credentials),
      ]) {
        expect([answer.status, answer.json['error']]).toEqual([401, 'invalid_client']);
      }
    });

    it('the method is not POST', async () => {
      for (const method of ['GET', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
        const { status, headers } = await stage.ask(method, '/oauth2/par');
        expect([status, headers.get('allow')]).toEqual([405, 'POST']);
      }
    });
  });

  it('may come from a public client, which names itself', async () => {
    const spa = await stage.register({ token_endpoint_auth_method: 'none' });
    const body = new URLSearchParams({ ...GOOD, client_id: spa.clientId });
    const { json } = await stage.ask('POST', '/oauth2/par', { body });
    const end = await stage.browser().walk(spa.pushedAddress(String(json['request_uri'])));
    expect(end.parameters['code']).toBeDefined();
  });

  describe('brought by a browser', () => {
    it('serve a reloaded page, and give one response', async () => {
      const address = await pushed();
      const browser = stage.browser();
      const first = await stopped(browser, address, 'login');
      const second = await stopped(browser, address, 'login');
      expect(first.challenge).not.toBe(second.challenge);
      const end = await browser.walk(await browser.accept('login', second.challenge));
      expect((await stage.client.redeem(end.parameters['code'] ?? '', { code_verifier: VERIFIER })).status).toBe(200);
      onErrorPage(await browser.walk(address), 'invalid_request_uri');
      onErrorPage(await browser.walk(await browser.accept('login', first.challenge)), 'invalid_request_uri');
    });

    it('serve the client that pushed them and no other, and only by their whole reference', async () => {
      const other = await stage.register();
      const address = await pushed();
      const uri = new URL(address, ISSUER).searchParams.get('request_uri') ?? '';
      const foreign = [
        other.pushedAddress(uri),
        ...[`${uri}x`, uri.slice(0, -1), URN, `${URN}none`].map((bad) => stage.client.pushedAddress(bad)),
      ];
      for (const bad of foreign) onErrorPage(await stage.browser().walk(bad), 'invalid_request_uri');
      onErrorPage(await stage.browser().walk(`/oauth2/auth?request_uri=${encodeURIComponent(uri)}`), 'invalid_request');
      expect((await stage.browser().walk(address)).parameters['code']).toBeDefined();
    });

    it('are judged by the registration of the client as it is then', async () => {
      const of = await stage.register();
      const [scope, redirect] = [await pushed({}, of), await pushed({}, of)];
      await of.admin('PATCH', `/clients/${of.clientId}`, [{ op: 'replace', path: '/scope', value: 'openid' }]);
      const refused = await stage.browser().walk(scope);
      expect([refused.url?.origin, refused.parameters['error']]).toEqual(['https://app.example', 'invalid_scope']);
      const moved = [
        { op: 'replace', path: '/redirect_uris', value: ['com.example.app:/moved'] },
        { op: 'replace', path: '/token_endpoint_auth_method', value: 'none' },
      ];
      expect((await of.admin('PATCH', `/clients/${of.clientId}`, moved)).status).toBe(200);
      onErrorPage(await stage.browser().walk(redirect), 'invalid_request');
    });

    it('of a client that was registered anew are unknown', async () => {
      const of = await stage.register({ client_id: 'registered-twice' });
      const address = await pushed({}, of);
      await of.admin('DELETE', `/clients/${of.clientId}`);
      await stage.register({ client_id: 'registered-twice' });
      onErrorPage(await stage.browser().walk(address), 'invalid_request_uri');
    });

    it('are spent by an error that the client gets', async () => {
      const silent = await pushed({ prompt: 'none' });
      expect((await stage.browser().walk(silent)).parameters['error']).toBe('login_required');
      onErrorPage(await stage.browser().walk(silent), 'invalid_request_uri');
      const denied = await pushed();
      const browser = stage.browser();
      const { challenge } = await stopped(browser, denied, 'login');
      const refused = await browser.walk(await browser.reject('login', challenge, { error: 'access_denied' }));
      expect([refused.url?.origin, refused.parameters['error']]).toEqual(['https://app.example', 'access_denied']);
      onErrorPage(await stage.browser().walk(denied), 'invalid_request_uri');
    });

    it('give silent renewal to a person who is logged in', async () => {
      const browser = new CookieBrowser(stage.server, REMEMBERED);
      await browser.walk(await pushed());
      expect((await browser.walk(await pushed({ prompt: 'none' }))).parameters['code']).toBeDefined();
    });

    it('let another person log in where the app asks for that', async () => {
      const browser = new CookieBrowser(stage.server, REMEMBERED);
      await browser.walk(await pushed());
      const { challenge, asked } = await stopped(browser, await pushed(), 'login');
      expect(asked).toMatchObject({ skip: true, subject: 'alice' });
      const again = await stopped(browser, await browser.accept('login', challenge, { subject: 'bob' }), 'login');
      expect(again.asked).toMatchObject({ skip: false, subject: '' });
      const end = await browser.walk(await browser.accept('login', again.challenge, { subject: 'bob' }));
      expect(end.consent).toMatchObject({ subject: 'bob' });
      expect(end.parameters['code']).toBeDefined();
    });

    it('with an unknown verifier are access_denied at the client', async () => {
      const end = await stage.browser().walk(`${await pushed()}&consent_verifier=unknown`);
      expect([end.url?.origin, end.parameters['error']]).toEqual(['https://app.example', 'access_denied']);
    });
  });

  describe('may name a redirect URI of their own', () => {
    const OWN = 'https://own.example/cb?tenant=a';

    it('if it is https and the client confidential; it counts for this request alone', async () => {
      const end = await stage.browser().walk(await pushed({ redirect_uri: OWN }));
      expect(end.url?.href.startsWith(`${OWN}&`)).toBe(true);
      const form = { redirect_uri: OWN, code_verifier: VERIFIER };
      expect((await stage.client.redeem(end.parameters['code'] ?? '', form)).status).toBe(200);
      onErrorPage(await stage.browser().walk(stage.client.address({ redirect_uri: OWN })), 'invalid_request');
    });

    it('but not if the client is public', async () => {
      const spa = await stage.register({ token_endpoint_auth_method: 'none' });
      const body = new URLSearchParams({ ...GOOD, client_id: spa.clientId, redirect_uri: OWN });
      expect((await stage.ask('POST', '/oauth2/par', { body })).json['error']).toBe('invalid_request');
    });
  });

  it('are the only requests of a client that demands them', async () => {
    const strict = await stage.register({ require_pushed_authorization_requests: true });
    const { json } = await strict.admin('GET', `/clients/${strict.clientId}`);
    expect(json['require_pushed_authorization_requests']).toBe(true);
    const refused = await stage.browser().walk(strict.address());
    expect([refused.url?.origin, refused.parameters['error']]).toEqual(['https://app.example', 'invalid_request']);
    expect((await stage.browser().walk(await pushed({}, strict))).parameters['code']).toBeDefined();
  });
});

overBothStores('pushed requests of a server that demands them', (redis) => {
  const demanded = { enabled: true, required: true };
  const stage = new Stage(redis, {
    oauth2: { pushed_authorization_requests: demanded },
    ttl: { pushed_authorization_request: '1s' },
  });

  it('are the only ones, and discovery says so', async () => {
    const { json } = await stage.ask('GET', '/.well-known/openid-configuration');
    expect(json).toMatchObject({
      pushed_authorization_request_endpoint: `${ISSUER}/oauth2/par`,
      require_pushed_authorization_requests: true,
    });
    expect((await stage.browser().walk(stage.client.address())).parameters['error']).toBe('invalid_request');
    const { json: one } = await stage.client.push(GOOD);
    expect(one['expires_in']).toBe(1);
    expect(
      (await stage.browser().walk(stage.client.pushedAddress(String(one['request_uri'])))).parameters['code'],
    ).toBeDefined();
  });
});

describe('pushed requests while they are off', () => {
  const off = new Stage();
  const on = new Stage(undefined, { oauth2: { pushed_authorization_requests: { enabled: true } } });
  const unknown = '/oauth2/no-such-endpoint';

  it('are an unknown path, also to pages of other origins', async () => {
    const origin = { origin: 'https://app.example' };
    const preflight = { ...origin, 'access-control-request-method': 'POST' };
    for (const [method, headers] of [
      ['POST', {}],
      ['GET', {}],
      ['DELETE', {}],
      ['POST', origin],
      ['OPTIONS', preflight],
    ] as const) {
      const shown = async (path: string): Promise<unknown[]> => {
        const { status, text, headers: sent } = await off.ask(method, path, { headers });
        return [status, text, [...sent].filter(([name]) => !['date', 'x-request-id'].includes(name))];
      };
      expect(await shown('/oauth2/par')).toEqual(await shown(unknown));
    }
  });

  it('are no member of discovery; the document differs by nothing else', async () => {
    const text = async (stage: Stage) => (await stage.ask('GET', '/.well-known/openid-configuration')).text;
    const members = `,"pushed_authorization_request_endpoint":"${ISSUER}/oauth2/par","require_pushed_authorization_requests":false`;
    expect(await text(on)).toContain(members);
    expect((await text(on)).replace(members, '')).toBe(await text(off));
  });

  it('are nothing that a client is shown, unless it was registered for them, which then has no effect', async () => {
    const shown = async (of: RelyingParty) => (await of.admin('GET', `/clients/${of.clientId}`)).text;
    expect(await shown(off.client)).not.toContain('pushed');
    const strict = await off.register({ require_pushed_authorization_requests: true });
    expect(await shown(strict)).toContain('"require_pushed_authorization_requests":true');
    expect((await off.browser().walk(strict.address())).parameters['code']).toBeDefined();
  });

  it('are no reference that the authorization endpoint knows', async () => {
    const end = await off.browser().walk(off.client.pushedAddress(`${URN}${'a'.repeat(43)}`));
    expect(end.parameters['error']).toBe('invalid_request_uri');
    expect(end.parameters['error_description']).toContain('equals none of the request URIs of the client');
  });
});

describe('the pace of pushed requests', () => {
  const limits = { rate_limits: { window: '1h', token: { per_address: 2 } } };
  const off = new Stage(undefined, limits);
  const on = new Stage(undefined, { ...limits, oauth2: { pushed_authorization_requests: { enabled: true } } });
  const statuses = async (stage: Stage) => {
    const all = [await stage.client.push(GOOD), await stage.client.push(GOOD), await stage.client.refresh('unknown')];
    return all.map(({ status }) => status);
  };

  it('is that of the token endpoint', async () => {
    expect(await statuses(on)).toEqual([201, 201, 429]);
  });

  it('counts nothing while they are off', async () => {
    expect(await statuses(off)).toEqual([404, 404, 400]);
  });
});
