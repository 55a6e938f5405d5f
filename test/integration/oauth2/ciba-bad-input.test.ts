import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { answerCiba, CibaApp, CibaParty, cibaSettings, readCiba } from '../../support/ciba-app.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { type Answer, RelyingParty, send } from '../../support/relying-party.js';
import { ISSUER, startTestServer, type TestServer } from '../../support/server.js';

const HOUR = 3600;

describe('backchannel authentication', () => {
  let database: TestDatabase;
  let app: CibaApp;
  let server: TestServer;
  let party: CibaParty;
  let pinged: CibaParty;
  let signing: CibaParty;
  let key: { privateKey: CryptoKey; jwk: JWK };

  beforeAll(async () => {
    [database, app] = [await freshDatabase(), await CibaApp.open()];
    server = await startTestServer(database.dsn, {
      oidc: cibaSettings(app, { max_open_per_hint: 100 }),
      oauth2: { resource_indicators: { enabled: true } },
    });
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    key = { privateKey, jwk: { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' } };
    party = await CibaParty.register(server, { audience: ['https://api.example'] });
    pinged = await CibaParty.register(server, {
      backchannel_token_delivery_mode: 'ping',
      backchannel_client_notification_endpoint: 'https://app.example/ping',
    });
    signing = await CibaParty.register(server, {
      backchannel_authentication_request_signing_alg: 'ES256',
      jwks: { keys: [key.jwk] },
    });
  });
  beforeEach(() => {
    app.told.length = 0;
    app.goAhead();
  });
  afterAll(async () => {
    await server.stop();
    await app.close();
    await database.drop();
  });

  const refused = ({ status, json }: Answer): unknown => {
    expect(json.auth_req_id).toBeUndefined();
    return [status, json.error];
  };

  describe('refuses a request', () => {
    it.each<[string, Record<string, string | undefined>, string]>([
      ['without a hint', { login_hint: undefined }, 'invalid_request'],
      ['with an empty hint', { login_hint: '' }, 'invalid_request'],
      ['with two hints', { login_hint_token: 'x.y.z' }, 'invalid_request'],
      ['with three hints', { login_hint_token: 'x', id_token_hint: 'y' }, 'invalid_request'],
      ['without openid', { scope: 'offline_access' }, 'invalid_request'],
      ['without a scope', { scope: undefined }, 'invalid_request'],
      ['for a scope that the client may not have', { scope: 'openid admin' }, 'invalid_scope'],
      ['for an audience that it may not have', { audience: 'https://other.example' }, 'invalid_request'],
      ['for a resource that it may not have', { resource: 'https://other.example' }, 'invalid_target'],
      ['for a resource that is no address', { resource: 'api' }, 'invalid_target'],
      ['with an id_token_hint of somebody else', { login_hint: undefined, id_token_hint: 'a.b.c' }, 'invalid_request'],
      ['with a binding message that is long', { binding_message: 'x'.repeat(129) }, 'invalid_binding_message'],
      ['with one of two lines', { binding_message: 'Pay\n5' }, 'invalid_binding_message'],
      ['with one that turns the text around', { binding_message: 'Pay \u202e5' }, 'invalid_binding_message'],
      ['with one of a NUL', { binding_message: 'a\u0000' }, 'invalid_request'],
      ['that ends before it begins', { requested_expiry: '0' }, 'invalid_request'],
      ['with a negative expiry', { requested_expiry: '-5' }, 'invalid_request'],
      ['with an expiry of a fraction', { requested_expiry: '1.5' }, 'invalid_request'],
      ['with an expiry that is no number', { requested_expiry: 'soon' }, 'invalid_request'],
      ['with a signed request of a client that signs none', { request: 'a.b.c' }, 'invalid_request'],
    ])('%s', async (_, over, error) => {
      expect(refused(await party.begin(over))).toEqual([400, error]);
      expect(app.told).toEqual([]);
    });

    it('of many characters', async () => {
      expect(refused(await party.begin({ login_hint: 'x'.repeat(20_000) }))).toEqual([413, 'invalid_request']);
      expect(app.told).toEqual([]);
    });

    it('in the name of another client', async () => {
      expect(refused(await party.begin({ client_id: 'another' }))).toEqual([401, 'invalid_client']);
    });

    it('with a parameter twice', async () => {
      const body = new URLSearchParams('scope=openid&login_hint=a&login_hint=b');
      const answer = await send('POST', `${server.public}/oauth2/ciba/auth`, {
        body,
        headers: party.client.credentials,
      });
      expect(refused(answer)).toEqual([400, 'invalid_request']);
    });

    it('that is no POST', async () => {
      expect((await send('GET', `${server.public}/oauth2/ciba/auth`)).status).toBe(405);
    });

    it('with a wrong secret, or of a client that proves nothing', async () => {
      const body = new URLSearchParams({ scope: 'openid', login_hint: 'a' });
      const { authorization } = party.client.withSecret('wrong').credentials;
      const ask = (headers: Record<string, string>, form: URLSearchParams) =>
        send('POST', `${server.public}/oauth2/ciba/auth`, { body: form, headers });
      expect(refused(await ask({ authorization }, body))).toEqual([401, 'invalid_client']);
      const open = await RelyingParty.register(server, { token_endpoint_auth_method: 'none' });
      body.set('client_id', open.clientId);
      expect(refused(await ask({}, body))).toEqual([400, 'unauthorized_client']);
    });

    it('with an ID token of another client as a hint', async () => {
      const { id_token: hint } = await (await RelyingParty.register(server)).tokens();
      const answer = await party.begin({ login_hint: undefined, id_token_hint: hint });
      expect(refused(answer)).toEqual([400, 'invalid_request']);
    });

    it.each([undefined, '', 'a b', 'ü', '"x"', 'x'.repeat(1025)])(
      'of a client for ping with the notification token %j',
      async (token) => {
        expect(refused(await pinged.begin({ client_notification_token: token }))).toEqual([400, 'invalid_request']);
        expect(app.told).toEqual([]);
      },
    );
  });

  it('takes a binding message of 128 characters in any language', async () => {
    expect((await party.begin({ binding_message: '€ 5 → 猫 '.padEnd(128, 'é') })).status).toBe(200);
    expect((await party.begin({ binding_message: '😀'.repeat(128) })).status).toBe(200);
  });

  describe('answers for the app', () => {
    it.each([
      ['unknown_user_id', 400, 400],
      ['expired_login_hint_token', 400, 400],
      ['missing_user_code', 400, 400],
      ['invalid_user_code', 400, 400],
      ['invalid_binding_message', 400, 400],
      ['access_denied', 400, 403],
      ['access_denied', 403, 403],
    ])('%s, which it said with %d, with %d (CIBA Core §13)', async (error, said, status) => {
      app.say(said, JSON.stringify({ error, error_description: 'Words of the app.' }));
      const answer = await party.begin();
      expect(refused(answer)).toEqual([status, error]);
      expect(answer.json.error_description).toContain('Words of the app.');
      expect((await readCiba(server, app.challenge)).status).toBe(404);
    });

    it.each<[string, number, string, string?]>([
      ['500', 500, ''],
      ['a redirect', 302, ''],
      ['401', 401, '{"error":"access_denied"}'],
      ['403 and a page', 403, '<html>Forbidden</html>', 'text/html'],
      ['404 and an error of the list', 404, '{"error":"unknown_user_id"}'],
      ['400 and another error', 400, '{"error":"server_error"}'],
      ['400 and nothing', 400, ''],
      ['a page', 200, '<html>Log in</html>', 'text/html'],
      ['a subject that is no text', 200, '{"subject":7}'],
      ['an empty subject', 200, '{"subject":""}'],
      ['a very long body', 200, JSON.stringify('x'.repeat(70_000))],
    ])('server_error where it answers with %s, and forgets the request', async (_, status, body, type) => {
      app.say(status, body, type);
      expect(refused(await party.begin())).toEqual([500, 'server_error']);
      expect((await readCiba(server, app.challenge)).status).toBe(404);
    });

    it('server_error where it hangs up', async () => {
      app.answer = (_, response) => {
        response.destroy();
      };
      expect(refused(await party.begin())).toEqual([500, 'server_error']);
      expect(app.told).toHaveLength(1); // a second time would be a second prompt
    });

    it('access_denied where another person has answered meanwhile than it names', async () => {
      app.answer = async (told, response) => {
        await answerCiba(server, told.challenge, 'accept', { subject: 'mallory', grant_scope: ['openid'] });
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"subject":"alice"}');
      };
      expect(refused(await party.begin())).toEqual([403, 'access_denied']);
    });
  });

  describe('refuses an answer', () => {
    it.each<[string, 'accept' | 'reject', unknown]>([
      ['without a subject', 'accept', {}],
      ['with an empty one', 'accept', { subject: '' }],
      ['with scopes that are no list', 'accept', { subject: 'alice', grant_scope: 'openid' }],
      ['with claims that are none', 'accept', { subject: 'alice', session: { id_token: [] } }],
      ['with an error that asks the client to go on', 'reject', { error: 'authorization_pending' }],
      ['with an error that no header may hold', 'reject', { error: 'a"b' }],
    ])('%s', async (_, verb, body) => {
      const id = await party.started();
      expect((await answerCiba(server, app.challenge, verb, body)).status).toBe(400);
      expect((await party.poll(id)).json.error).toBe('authorization_pending');
    });

    it('to a challenge that is unknown, of another kind, or missing', async () => {
      const id = await party.started();
      for (const challenge of ['x', app.challenge.slice(1), `${app.challenge}A`, id]) {
        expect((await answerCiba(server, challenge, 'accept')).status).toBe(404);
        expect((await readCiba(server, challenge)).status).toBe(404);
      }
      expect((await answerCiba(server, '', 'accept')).status).toBe(400);
    });
  });

  describe('refuses as auth_req_id', () => {
    it.each(['', 'x', 'ory_cr_x.y', `ory_cr_${'A'.repeat(43)}.${'A'.repeat(43)}`])('%j', async (id) => {
      expect((await party.poll(id)).json.error).toBe('invalid_grant');
    });

    it('a device code, and one that was altered', async () => {
      const id = await party.started();
      expect((await party.poll(id.replace('ory_cr', 'ory_dc'))).json.error).toBe('invalid_grant');
      expect((await party.poll(`${id.slice(0, -3)}${id.endsWith('AAA') ? 'BBB' : 'AAA'}`)).json.error).toBe(
        'invalid_grant',
      );
    });
  });

  describe('by a signed request (CIBA Core §7.1.1)', () => {
    const now = (): number => Math.floor(Date.now() / 1000);
    const claims = (over: Record<string, unknown> = {}): Record<string, unknown> => ({
      ...{ iss: signing.client.clientId, aud: ISSUER, jti: crypto.randomUUID() },
      ...{ iat: now(), nbf: now(), exp: now() + 300 },
      ...{ scope: 'openid', login_hint: 'alice', requested_expiry: 60, ...over },
    });
    const sign = (payload: Record<string, unknown>, { typ, with: other }: { typ?: string; with?: CryptoKey } = {}) =>
      new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid: 'one', typ }).sign(other ?? key.privateKey);
    const begin = (request: string, over: Record<string, string | undefined> = {}) =>
      signing.begin({ scope: undefined, login_hint: undefined, request, ...over });

    it('takes the parameters from the claims, and each request once', async () => {
      const request = await sign(claims({ acr_values: 'gold', binding_message: 'W4SCT' }), {
        typ: 'oauth-authz-req+jwt',
      });
      const { status, json } = await begin(request);
      expect([status, json.expires_in]).toEqual([200, 60]);
      expect(app.told.at(-1)).toMatchObject({ login_hint: 'alice', acr_values: ['gold'], binding_message: 'W4SCT' });
      expect(refused(await begin(request))).toEqual([400, 'invalid_request']);
      expect(app.told).toHaveLength(1);
    });

    it('spends no request that it refuses for another reason', async () => {
      const payload = claims();
      expect((await begin(await sign({ ...payload, requested_expiry: 0 }))).status).toBe(400);
      expect((await begin(await sign(payload))).status).toBe(200);
    });

    it('refuses parameters that stand beside it, and requests that are not signed', async () => {
      expect(refused(await begin(await sign(claims()), { login_hint: 'bob' }))).toEqual([400, 'invalid_request']);
      expect(refused(await signing.begin())).toEqual([400, 'invalid_request']);
    });

    it.each<[string, () => Record<string, unknown>]>([
      ['of another issuer', () => claims({ iss: 'another' })],
      ['without an issuer', () => claims({ iss: undefined })],
      ['for another server', () => claims({ aud: 'https://other.example' })],
      ['for its own token endpoint', () => claims({ aud: `${ISSUER}/oauth2/token` })],
      ['without an audience', () => claims({ aud: undefined })],
      ['without exp', () => claims({ exp: undefined })],
      ['without iat', () => claims({ iat: undefined })],
      ['without nbf', () => claims({ nbf: undefined })],
      ['without jti', () => claims({ jti: undefined })],
      ['with a jti that is no text', () => claims({ jti: 7 })],
      ['with a long jti', () => claims({ jti: 'x'.repeat(257) })],
      ['that has expired', () => claims({ exp: now() - 1 })],
      ['of the future', () => claims({ nbf: now() + 600, exp: now() + 700 })],
      ['that lasts more than an hour', () => claims({ exp: now() + HOUR + 60 })],
      ['that holds another', () => claims({ request: 'a.b.c' })],
      ['with two hints', () => claims({ login_hint_token: 'x' })],
    ])('refuses one %s', async (_, payload) => {
      expect(refused(await begin(await sign(payload())))).toEqual([400, 'invalid_request']);
      expect(app.told).toEqual([]);
    });

    it('refuses one with another key, of another kind or algorithm, unsigned, or with a member twice', async () => {
      const { privateKey: other } = await generateKeyPair('ES256');
      const part = (text: string): string => Buffer.from(text).toString('base64url');
      const bad = [
        await sign(claims(), { with: other }),
        await sign(claims(), { typ: 'client-authentication+jwt' }),
        `${part('{"alg":"none"}')}.${part(JSON.stringify(claims()))}.`,
        await new SignJWT(claims()).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(signing.client.secret)),
        `${part('{"alg":"ES256"}')}.${part('{"login_hint":"a","login_hint":"b"}')}.AAAA`,
        'garbage',
      ];
      for (const request of bad) expect(refused(await begin(request))).toEqual([400, 'invalid_request']);
      expect(app.told).toEqual([]);
    });
  });

  it('takes login_hint_token as it is, which is for the app to judge', async () => {
    expect((await party.begin({ login_hint: undefined, login_hint_token: 'any text' })).status).toBe(200);
    expect(app.told.at(-1)).toMatchObject({ login_hint_token: 'any text' });
  });
});

describe('a server without backchannel authentication', () => {
  it('has neither endpoint nor answers nor grant type, but stores what clients register for it', async () => {
    const database = await freshDatabase();
    const server = await startTestServer(database.dsn);
    const party = await CibaParty.register(server, { backchannel_token_delivery_mode: 'poll' });
    expect((await party.begin()).status).toBe(404);
    const nowhere = await send('GET', `${server.admin}/admin/oauth2/auth/requests/nowhere`);
    const answers = [
      readCiba(server, 'x'),
      answerCiba(server, 'x', 'accept'),
      answerCiba(server, 'x', 'accept', {}),
      answerCiba(server, 'x', 'reject', 'no object'),
    ];
    for (const answer of answers) expect(await answer).toMatchObject({ status: 404, text: nowhere.text });
    const { json } = await party.poll('x');
    expect(json.error).toBe('unsupported_grant_type');
    expect(json.error_description).not.toContain('ciba');
    const { json: shown } = await party.client.admin('GET', `/clients/${party.client.clientId}`);
    expect(shown.backchannel_token_delivery_mode).toBe('poll');
    await server.stop();
    await database.drop();
  });
});
