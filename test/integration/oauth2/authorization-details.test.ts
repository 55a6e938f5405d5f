/** Rich authorization requests (RFC 9396), over HTTP: from the request to what resource servers and administrators see. */
import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEVICE_CODE, JWT_BEARER } from '../../../src/protocol/constants.js';
import { CookieBrowser, type End } from '../../support/cookie-browser.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { Receiver } from '../../support/receiver.js';
import { type Answer, CALLBACK, RelyingParty, send } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { TrustedIssuer } from '../../support/trusted-issuer.js';

const PAYMENT = { type: 'payment', actions: ['initiate', 'status'], amount: { currency: 'EUR', value: '1.50' } };
const ACCOUNT = { type: 'account', locations: ['https://api.example/accounts'] };
const WIDE = [PAYMENT, ACCOUNT];
const REFUSED = 'invalid_authorization_details';
const SCHEMA = {
  type: 'object',
  required: ['type', 'amount'],
  additionalProperties: false,
  properties: {
    type: { const: 'payment' },
    actions: { type: 'array', uniqueItems: true, items: { enum: ['initiate', 'status'] } },
    amount: {
      type: 'object',
      required: ['currency', 'value'],
      properties: { currency: { pattern: '^[A-Z]{3}$' }, value: { pattern: '^([0-9]+)+[.][0-9]{2}$' } },
    },
    reference: { type: 'integer' },
    debtor: { type: 'string' },
  },
};
const text = (...list: unknown[]): string => JSON.stringify(list);
const asking = (...list: unknown[]) => ({ authorization_details: text(...list) });
const granting = (...list: unknown[]) => ({ grant_authorization_details: list });

describe('authorization details', () => {
  let folder: string;
  let database: TestDatabase;
  let server: TestServer;
  let client: RelyingParty;
  let hook: Receiver;
  let types: { type: string; schema?: string }[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'details-'));
    const schema = join(folder, 'payment.json');
    await writeFile(schema, JSON.stringify(SCHEMA));
    types = [{ type: 'payment', schema }, { type: 'account' }];
    database = await freshDatabase();
    hook = await Receiver.open();
    server = await startTestServer(database.dsn, {
      oauth2: { authorization_details: { types }, pushed_authorization_requests: { enabled: true } },
    });
    client = await RelyingParty.register(server);
  });
  afterAll(async () => {
    await server.stop();
    await hook.close();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  const introspect = async (token: unknown, at = server): Promise<Record<string, unknown>> => {
    const body = new URLSearchParams({ token: String(token) });
    return (await send('POST', `${at.admin}/admin/oauth2/introspect`, { body })).json;
  };
  /** The details in the response, and those of its access token. */
  const detailsOf = async ({ status, json, text: body }: Answer, at = server): Promise<unknown[]> => {
    if (status !== 200) throw new Error(body);
    return [json.authorization_details, (await introspect(json.access_token, at)).authorization_details];
  };
  const refusalOf = ({ status, json }: Answer): unknown[] => [status, json.error];
  /** A grant of both details. */
  const tokens = async (over: Record<string, unknown> = {}) =>
    client.tokens(asking(...WIDE), { ...granting(...WIDE), ...over });
  const walk = (
    by: RelyingParty,
    over: Record<string, string>,
    consent = {},
    browser = new CookieBrowser(server),
  ): Promise<End> => browser.walk(by.address(over), { answers: { consent } });

  it('are seen by both apps as they were asked, and are not there otherwise', async () => {
    const { login, consent } = await walk(client, asking(ACCOUNT, PAYMENT));
    expect([login?.authorization_details, consent?.authorization_details]).toEqual([
      [ACCOUNT, PAYMENT],
      [ACCOUNT, PAYMENT],
    ]);
    const plain = await walk(client, {});
    expect(plain.login).not.toHaveProperty('authorization_details');
    expect(plain.consent).not.toHaveProperty('authorization_details');
  });

  it.each<[string, object[]]>([
    ['as asked', WIDE],
    ['a part', [ACCOUNT]],
    ['a narrower one', [{ ...PAYMENT, actions: ['status'] }]],
    ['an enriched one', [{ ...PAYMENT, debtor: 'DE40' }, ACCOUNT]],
    ['one twice', [ACCOUNT, ACCOUNT]],
  ])('granted %s are in the response, in introspection of both tokens, and in the lists', async (_, granted) => {
    const owner = await RelyingParty.register(server);
    const code = await owner.code(asking(...WIDE), granting(...granted));
    const answer = await owner.redeem(code);
    expect(await detailsOf(answer)).toEqual([granted, granted]);
    expect((await introspect(answer.json.refresh_token)).authorization_details).toEqual(granted);
    const list = async (path: string) => JSON.parse((await owner.admin('GET', path)).text) as Record<string, unknown>[];
    const [grant] = await list(`/oauth2/grants?client=${owner.clientId}`);
    expect(grant?.authorization_details).toEqual(granted);
    const sessions = await list('/oauth2/auth/sessions/consent?subject=alice&page_size=500');
    expect(sessions.at(-1)).toMatchObject({
      grant_authorization_details: granted,
      consent_request: { authorization_details: WIDE },
    });
  });

  it.each<[string, Record<string, unknown>]>([
    ['left out', {}],
    ['empty', granting()],
    ['null', { grant_authorization_details: null }],
  ])('%s in the answer of the consent app are not granted', async (_, consent) => {
    const answer = await client.redeem(await client.code(asking(...WIDE), consent));
    expect(answer.json).not.toHaveProperty('authorization_details');
    expect(await introspect(answer.json.access_token)).not.toHaveProperty('authorization_details');
  });

  it.each<[string, unknown]>([
    ['of another type than was asked', [PAYMENT]],
    ['of an unknown type', [{ type: 'other' }]],
    ['without a type', [{}]],
    ['that are no list', ACCOUNT],
    ['that are a text', text(ACCOUNT)],
    ['with an element that is null', [null]],
    ['with locations that are no list', [{ ...ACCOUNT, locations: 'x' }]],
    ['that are too many', Array.from({ length: 65 }, () => ACCOUNT)],
    ['that are too large', [{ ...ACCOUNT, note: 'x'.repeat(16_384) }]],
    ['that are too deep', [{ ...ACCOUNT, note: JSON.parse(`${'['.repeat(20)}${']'.repeat(20)}`) as unknown }]],
  ])('%s cannot be granted, and the app may answer again', async (_, granted) => {
    const browser = new CookieBrowser(server);
    const { url } = await browser.walk(client.address(asking(ACCOUNT)), { until: 'consent' });
    const path = `/oauth2/auth/requests/consent/accept?consent_challenge=${url?.searchParams.get('consent_challenge') ?? ''}`;
    expect(refusalOf(await client.admin('PUT', path, { grant_authorization_details: granted }))).toEqual([
      400,
      'invalid_request',
    ]);
    expect((await client.admin('PUT', path, granting(ACCOUNT))).status).toBe(200);
  });

  it('cannot be granted against their schema, or where none were asked for', async () => {
    const attempts: [Record<string, string>, unknown][] = [
      [asking(PAYMENT), [{ ...PAYMENT, amount: {} }]],
      [asking(PAYMENT), [{ ...PAYMENT, unknown: 1 }]],
      [{}, [ACCOUNT]],
    ];
    for (const [asked, granted] of attempts) {
      await expect(client.authorize(asked, { grant_authorization_details: granted })).rejects.toThrow('got 400');
    }
  });

  it.each([
    ['no JSON', 'no json'],
    ['an object', JSON.stringify(ACCOUNT)],
    ['an empty list', '[]'],
    ['an empty object', '[{}]'],
    ['a text', '["account"]'],
    ['an unknown type beside a known one', text(ACCOUNT, { type: 'other' })],
    ['a member that the schema does not know', text({ ...PAYMENT, more: 1 })],
    ['a value that the schema refuses', text({ ...PAYMENT, actions: ['steal'] })],
    [
      'a value that makes a pattern backtrack',
      text({ ...PAYMENT, amount: { currency: 'EUR', value: '1'.repeat(15_000) } }),
    ],
    ['a member twice', '[{"type":"account","type":"account"}]'],
    ['17 levels', text({ ...ACCOUNT, note: JSON.parse(`${'['.repeat(15)}${']'.repeat(15)}`) as unknown })],
    ['65 elements', text(...Array.from({ length: 65 }, () => ({ type: 'account' })))],
  ])('that are wrong are refused at every endpoint: %s', async (_, value) => {
    const wrong = { authorization_details: value };
    const { parameters, login } = await walk(client, wrong);
    expect([parameters.error, login]).toEqual([REFUSED, undefined]);
    const push = { response_type: 'code', redirect_uri: CALLBACK, scope: 'openid', state: 'a-long-state' };
    expect(refusalOf(await client.push({ ...push, ...wrong }))).toEqual([400, REFUSED]);
    const own = { grant_type: 'client_credentials' };
    expect(refusalOf(await client.token({ ...own, ...wrong }))).toEqual([400, REFUSED]);
    expect(await detailsOf(await client.token({ ...own, ...asking(ACCOUNT) }))).toEqual([[ACCOUNT], [ACCOUNT]]);
  });

  it('need a response with a code', async () => {
    const implicit = await RelyingParty.register(server, { grant_types: ['implicit'], response_types: ['token'] });
    const { parameters } = await walk(implicit, { response_type: 'token', ...asking(ACCOUNT) });
    expect(parameters.error).toBe('invalid_request');
  });

  it('of a hybrid response are in its front-channel token too, and not in the response', async () => {
    const hybrid = await RelyingParty.register(server, { grant_types: ['authorization_code', 'implicit'] });
    const { parameters } = await walk(
      hybrid,
      { response_type: 'code id_token token', ...asking(ACCOUNT) },
      granting(ACCOUNT),
    );
    expect(parameters).not.toHaveProperty('authorization_details');
    expect((await introspect(parameters.access_token)).authorization_details).toEqual([ACCOUNT]);
  });

  it('keep all digits on the whole way', async () => {
    const value =
      '[{"type":"payment","amount":{"currency":"EUR","value":"1.00"},"reference":123456789012345678901234567890}]';
    const browser = new CookieBrowser(server);
    const { url } = await browser.walk(client.address({ authorization_details: value }), { until: 'consent' });
    const query = `?consent_challenge=${url?.searchParams.get('consent_challenge') ?? ''}`;
    const address = `${server.admin}/admin/oauth2/auth/requests/consent`;
    const shown = await send('GET', address + query);
    expect(shown.text).toContain(value);
    const body = `{"grant_scope":["openid"],"grant_authorization_details":${value}}`;
    const { json } = await send('PUT', `${address}/accept${query}`, { body });
    const end = await browser.walk(json.redirect_to as string);
    const answer = await client.redeem(end.parameters.code ?? '');
    expect(answer.text).toContain(value);
    const form = new URLSearchParams({ token: String(answer.json.access_token) });
    expect((await send('POST', `${server.admin}/admin/oauth2/introspect`, { body: form })).text).toContain(value);
  });

  describe('of a token request', () => {
    it('narrow a redeemed code; what was not granted is refused and spends nothing', async () => {
      const code = await client.code(asking(...WIDE), granting(...WIDE));
      for (const wrong of [
        { ...PAYMENT, amount: { currency: 'EUR', value: '2.00' } },
        { type: 'other' },
        PAYMENT.amount,
      ]) {
        expect(refusalOf(await client.redeem(code, asking(wrong)))).toEqual([400, REFUSED]);
      }
      const narrow = { ...PAYMENT, actions: ['status'] };
      const answer = await client.redeem(code, asking(narrow));
      expect(await detailsOf(answer)).toEqual([[narrow], [narrow]]);
      expect(await detailsOf(await client.refresh(String(answer.json.refresh_token)))).toEqual([WIDE, WIDE]);
    });

    it('narrow a refresh for one token, and never widen it', async () => {
      const claims = { session: { access_token: { dept: 'sales' }, id_token: { email: 'a@example.org' } } };
      const first = await tokens(claims);
      const two = await client.refresh(first.refresh_token, asking(ACCOUNT));
      expect(await detailsOf(two)).toEqual([[ACCOUNT], [ACCOUNT]]);
      expect((await introspect(two.json.access_token)).ext).toEqual({ dept: 'sales' });
      expect(decodeJwt(String(two.json.id_token))).toMatchObject({ email: 'a@example.org' });
      const refresh = String(two.json.refresh_token);
      expect((await introspect(refresh)).authorization_details).toEqual(WIDE);
      const more = { ...ACCOUNT, locations: [...ACCOUNT.locations, 'https://other.example'] };
      for (const wrong of [[more], [{ type: 'account' }], [ACCOUNT, ACCOUNT], [{ ...ACCOUNT, locations: [] }]]) {
        expect(refusalOf(await client.refresh(refresh, asking(...wrong)))).toEqual([400, REFUSED]);
      }
      const narrowScope = await client.refresh(refresh, { ...asking(PAYMENT), scope: 'openid' });
      expect(narrowScope.json).toMatchObject({ scope: 'openid', authorization_details: [PAYMENT] });
      expect(await detailsOf(await client.refresh(String(narrowScope.json.refresh_token)))).toEqual([WIDE, WIDE]);
    });

    it('hide no replay: a code that is used again ends its grant, whatever details come with it', async () => {
      const code = await client.code(asking(...WIDE), granting(...WIDE));
      const { json } = await client.redeem(code);
      expect(refusalOf(await client.redeem(code, { authorization_details: 'no json' }))).toEqual([
        400,
        'invalid_grant',
      ]);
      expect(await client.isActive(String(json.access_token))).toBe(false);
    });

    it('cannot be had from a grant without any', async () => {
      const { refresh_token: token } = await client.tokens();
      expect(refusalOf(await client.refresh(token, asking(ACCOUNT)))).toEqual([400, REFUSED]);
      expect((await client.refresh(token)).status).toBe(200);
    });

    it('of a device narrow in the same way', async () => {
      const device = await RelyingParty.register(server, { grant_types: [DEVICE_CODE, 'refresh_token'] });
      const ask = (details: string) =>
        send('POST', `${server.public}/oauth2/device/auth`, {
          body: new URLSearchParams({ scope: 'openid offline_access', authorization_details: details }),
          headers: device.credentials,
        });
      expect(refusalOf(await ask('[{"type":"other"}]'))).toEqual([400, REFUSED]);
      const { json: started } = await ask(text(...WIDE));
      const browser = new CookieBrowser(server);
      const page = await browser.go('/oauth2/device/verify');
      const challenge = new URL(page.headers.get('location') ?? '').searchParams.get('device_challenge') ?? '';
      const accept = `/oauth2/auth/requests/device/accept?device_challenge=${challenge}`;
      const { json: accepted } = await device.admin('PUT', accept, { user_code: started.user_code });
      const { consent } = await browser.walk(accepted.redirect_to as string, {
        answers: { consent: granting(...WIDE) },
      });
      expect(consent?.authorization_details).toEqual(WIDE);
      const form = { grant_type: DEVICE_CODE, device_code: started.device_code as string };
      expect(refusalOf(await device.token({ ...form, ...asking({ type: 'account' }) }))).toEqual([400, REFUSED]);
      const answer = await device.token({ ...form, ...asking(PAYMENT) });
      expect(await detailsOf(answer)).toEqual([[PAYMENT], [PAYMENT]]);
      expect(await detailsOf(await device.refresh(String(answer.json.refresh_token)))).toEqual([WIDE, WIDE]);
    });
  });

  it('of an assertion are granted as asked, if the client may ask for them', async () => {
    const bearer = await RelyingParty.register(server, {
      ...{ grant_types: [JWT_BEARER], authorization_details_types: ['account'] },
    });
    const issuer = await TrustedIssuer.of(server);
    const assertion = issuer.assertion();
    const use = (detail: object) => bearer.token({ grant_type: JWT_BEARER, assertion, ...asking(detail) });
    expect(refusalOf(await use(PAYMENT))).toEqual([400, REFUSED]);
    expect(await detailsOf(await use(ACCOUNT))).toEqual([[ACCOUNT], [ACCOUNT]]);
  });

  it('are an array or a text in a request object', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwks = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k', use: 'sig', alg: 'ES256' }] };
    const signing = await RelyingParty.register(server, { jwks, request_object_signing_alg: 'ES256' });
    const ask = (details: string): Promise<End> => {
      const claims = `{"client_id":"${signing.clientId}","authorization_details":${details}}`;
      const input = ['{"alg":"ES256","kid":"k"}', claims]
        .map((part) => Buffer.from(part).toString('base64url'))
        .join('.');
      const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
      return walk(signing, { request: `${input}.${signature.toString('base64url')}` });
    };
    for (const value of [WIDE, text(...WIDE)]) {
      expect((await ask(JSON.stringify(value))).consent?.authorization_details).toEqual(WIDE);
    }
    for (const ambiguous of ['{"type":"account","type":"payment"}', '{"type":"account","limit":1e400}']) {
      const end = await ask(`[${ambiguous}]`);
      expect([end.url?.searchParams.get('error'), end.login], ambiguous).toEqual(['invalid_request_object', undefined]);
    }
  });

  it('are skipped in consent only if each equals one that was granted', async () => {
    const remembering = await RelyingParty.register(server);
    const browser = new CookieBrowser(server);
    const narrow = { ...PAYMENT, actions: ['status'] };
    await walk(remembering, asking(...WIDE), { remember: true, ...granting(narrow, ACCOUNT) }, browser);
    const skips = async (...asked: object[]): Promise<unknown> =>
      (await browser.walk(remembering.address(asked.length > 0 ? asking(...asked) : {}), { until: 'consent' })).consent
        ?.skip;
    const turned = { actions: ['status'], amount: { value: '1.50', currency: 'EUR' }, type: 'payment' };
    expect([await skips(turned), await skips(ACCOUNT, narrow), await skips()]).toEqual([true, true, true]);
    expect([await skips(PAYMENT), await skips(ACCOUNT, ACCOUNT), await skips({ type: 'account' })]).toEqual([
      false,
      false,
      false,
    ]);
    const none = await browser.walk(remembering.address({ prompt: 'none', ...asking(PAYMENT) }));
    expect(none.parameters.error).toBe('consent_required');
    const elsewhere = new CookieBrowser(server); // a new login, which reads the consent in another way
    expect((await elsewhere.walk(remembering.address(asking(ACCOUNT)), { until: 'consent' })).consent?.skip).toBe(true);
    expect((await elsewhere.walk(remembering.address(asking(PAYMENT)), { until: 'consent' })).consent?.skip).toBe(
      false,
    );
  });

  it('are limited to the types of the client, also while the person logs in', async () => {
    const limited = await RelyingParty.register(server, { authorization_details_types: ['account'] });
    expect((await walk(limited, asking(PAYMENT))).parameters.error).toBe(REFUSED);
    const browser = new CookieBrowser(server);
    const { url } = await browser.walk(limited.address(asking(ACCOUNT)), { until: 'consent' });
    const change = [{ op: 'replace', path: '/authorization_details_types', value: ['payment'] }];
    expect((await limited.admin('PATCH', `/clients/${limited.clientId}`, change)).status).toBe(200);
    const challenge = url?.searchParams.get('consent_challenge') ?? '';
    const back = await browser.walk(await browser.accept('consent', challenge, granting(ACCOUNT)));
    expect(back.parameters.error).toBe(REFUSED);
  });

  it('are none for a client without types that registered itself, and it keeps what an administrator gave it', async () => {
    const open = await startTestServer(database.dsn, {
      oauth2: { authorization_details: { types } },
      oidc: { dynamic_client_registration: { enabled: true } },
    });
    const register = async (over: Record<string, unknown> = {}): Promise<Record<string, unknown>> => {
      const body = JSON.stringify({ redirect_uris: [CALLBACK], scope: 'openid', ...over });
      return (await send('POST', `${open.public}/oauth2/register`, { body })).json;
    };
    const errorOf = async ({ client_id: id }: Record<string, unknown>, detail: object): Promise<unknown> => {
      const address = client.address({ client_id: String(id), scope: 'openid', ...asking(detail) });
      return (await new CookieBrowser(open).walk(address)).parameters.error;
    };
    try {
      expect(await errorOf(await register(), ACCOUNT)).toBe(REFUSED);
      const own = await register({ authorization_details_types: ['account'] });
      expect(own.authorization_details_types).toEqual(['account']);
      expect([await errorOf(own, ACCOUNT), await errorOf(own, PAYMENT)]).toEqual([undefined, REFUSED]);
      const change = [{ op: 'replace', path: '/authorization_details_types', value: ['payment'] }];
      expect((await client.admin('PATCH', `/clients/${String(own.client_id)}`, change)).status).toBe(200);
      const put = (over: object) =>
        send('PUT', `${open.public}/oauth2/register/${String(own.client_id)}`, {
          body: JSON.stringify({ client_id: own.client_id, redirect_uris: [CALLBACK], scope: 'openid', ...over }),
          headers: { authorization: `Bearer ${String(own.registration_access_token)}` },
        });
      expect(refusalOf(await put({ authorization_details_types: ['account'] }))).toEqual([
        400,
        'invalid_client_metadata',
      ]);
      const { json } = await put({});
      expect(json.authorization_details_types).toEqual(['payment']);
    } finally {
      await open.stop();
    }
  });

  it('are shown to hooks, which may change the claims or deny', async () => {
    const bodies: Record<string, Record<string, unknown>>[] = [];
    const hooked = await startTestServer(database.dsn, {
      oauth2: {
        authorization_details: { types },
        ...{ token_hook: `${hook.url}/token`, refresh_token_hook: `${hook.url}/refresh` },
      },
    });
    try {
      hook.answer = (response) => {
        const [body = '{}'] = [...(hook.requests.at(-1)?.form.keys() ?? [])];
        bodies.push(JSON.parse(body) as Record<string, Record<string, unknown>>);
        response.writeHead(200).end('{"session":{"access_token":{"seen":true}}}');
      };
      const by = client.at(hooked);
      const code = await by.code(asking(...WIDE), granting(...WIDE));
      const first = await by.redeem(code, asking(ACCOUNT));
      expect(bodies.at(-1)?.request).toMatchObject({ authorization_details: [ACCOUNT] });
      expect(await detailsOf(first, hooked)).toEqual([[ACCOUNT], [ACCOUNT]]);
      const second = await by.refresh(String(first.json.refresh_token), asking(PAYMENT));
      expect(bodies.at(-2)).toMatchObject({
        authorization_details: [PAYMENT],
        requester: { authorization_details: [PAYMENT] },
      });
      expect(bodies.at(-1)?.request).toMatchObject({ authorization_details: [PAYMENT] });
      expect(await introspect(second.json.access_token)).toMatchObject({
        ...{ authorization_details: [PAYMENT], ext: { seen: true } },
      });
      const third = await by.refresh(String(second.json.refresh_token));
      expect(await detailsOf(third, hooked)).toEqual([WIDE, WIDE]);
      hook.answer = 403;
      const own = { grant_type: 'client_credentials', ...asking(ACCOUNT) };
      expect(refusalOf(await by.token(own))).toEqual([403, 'access_denied']);
    } finally {
      await hooked.stop();
    }
  });

  it('are a claim of JWT access tokens, which a claim of the consent app cannot replace', async () => {
    const jwt = await RelyingParty.register(server, { access_token_strategy: 'jwt' });
    const session = { session: { access_token: { authorization_details: 'forged', dept: 'a' } } };
    const { access_token: token, refresh_token: refresh } = await jwt.tokens(asking(...WIDE), {
      ...granting(...WIDE),
      ...session,
    });
    expect(decodeJwt(token)).toMatchObject({ authorization_details: WIDE, ext: { dept: 'a' } });
    expect(decodeJwt(token).ext).toEqual({ dept: 'a' });
    const narrowed = await jwt.refresh(refresh, asking(ACCOUNT));
    expect(decodeJwt(String(narrowed.json.access_token)).authorization_details).toEqual([ACCOUNT]);
    expect((await introspect(narrowed.json.access_token)).ext).toEqual({ dept: 'a' });
    const plain = await jwt.tokens({}, session);
    expect(decodeJwt(plain.access_token)).not.toHaveProperty('authorization_details');
    expect(await introspect(plain.access_token)).not.toHaveProperty('authorization_details');
  });

  it('mean nothing to a server without types, which shows what was granted before', async () => {
    const granted = await tokens();
    const off = await startTestServer(database.dsn);
    try {
      const by = client.at(off);
      expect((await introspect(granted.access_token, off)).authorization_details).toEqual(WIDE);
      const refreshed = await by.refresh(granted.refresh_token, { authorization_details: 'no json' });
      expect(await detailsOf(refreshed, off)).toEqual([WIDE, WIDE]);
      const code = await by.code({ authorization_details: 'no json' }, granting(ACCOUNT));
      expect((await by.redeem(code)).json).not.toHaveProperty('authorization_details');
      const { json } = await by.token({ grant_type: 'client_credentials', authorization_details: '[{"type":"x"}]' });
      expect(json).not.toHaveProperty('authorization_details');
      const discovered = await send('GET', `${off.public}/.well-known/openid-configuration`);
      expect(discovered.json).not.toHaveProperty('authorization_details_types_supported');
    } finally {
      await off.stop();
    }
  });

  it('are named in discovery', async () => {
    const { json } = await send('GET', `${server.public}/.well-known/openid-configuration`);
    expect(json.authorization_details_types_supported).toEqual(['payment', 'account']);
  });

  it('of any form are taken or refused, and never an error of the server', async () => {
    const { refresh_token: refresh } = await tokens();
    const members = fc.dictionary(fc.string(), fc.jsonValue());
    const typed = members.map((more) => ({ ...more, type: 'account' }));
    const values = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.array(fc.oneof(members, typed, fc.constant(PAYMENT))).map((list) => JSON.stringify(list)),
    );
    await fc.assert(
      fc.asyncProperty(values, async (value) => {
        const own = await client.token({ grant_type: 'client_credentials', authorization_details: value });
        const narrowed = await client.refresh(refresh, { authorization_details: value });
        const asked = await new CookieBrowser(server).go(client.address({ authorization_details: value }));
        expect([200, 400]).toContain(own.status);
        expect(narrowed.status).toBeLessThan(500);
        expect(asked.status).toBeLessThan(500);
      }),
      { numRuns: 60 },
    );
  });
});
