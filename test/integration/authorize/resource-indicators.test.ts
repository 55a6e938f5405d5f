/** Resource indicators (RFC 8707 §2.1) from the authorization request to the granted token, at every endpoint that takes one. */
import { generateKeyPairSync, sign } from 'node:crypto';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEVICE_CODE } from '../../../src/protocol/constants.js';
import { CookieBrowser, type End } from '../../support/cookie-browser.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { type Answer, type Form, RelyingParty, send } from '../../support/relying-party.js';
import { ISSUER, startTestServer, type TestServer } from '../../support/server.js';
import { overBothStores } from '../../support/stores.js';

const ORDERS = 'https://api.example/orders';
const BILLS = 'https://api.example/bills/';
const MCP = 'https://mcp.example/server';
const INTERNAL = 'https://internal.example/';
const TARGET = 'invalid_target';

const many = Array.from({ length: 33 }, (_, index) => `${ORDERS}/${index}`);
/** What no client may ask for. */
const BAD: [string, string | string[]][] = [
  ['that is relative', '/orders'],
  ['with a fragment', `${ORDERS}#part`],
  ['that is no URI', 'no uri at all'],
  ['that the client is not registered for', 'https://foreign.example/'],
  ['that is listed for its metadata only', INTERNAL],
  ['sent 33 times', many],
  ['of 2,049 characters', `${ORDERS}/${'a'.repeat(2_049 - ORDERS.length - 1)}`],
  ['beside a good one', [ORDERS, '/orders']],
];

overBothStores('resource indicators at the authorization endpoint', (redis) => {
  let database: TestDatabase;
  let server: TestServer;
  let client: RelyingParty;
  let anyone: RelyingParty;
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  beforeAll(async () => {
    database = await freshDatabase();
    server = await startTestServer(database.dsn, {
      keys: { algorithm: 'ES256' },
      ...(redis !== undefined && { redis: { url: redis } }),
      oauth2: {
        resource_indicators: { enabled: true },
        protected_resources: [{ resource: MCP }, { resource: INTERNAL, any_client: false }],
        pushed_authorization_requests: { enabled: true },
        authorization_details: { types: [{ type: 'order' }] },
      },
    });
    client = await RelyingParty.register(server, {
      grant_types: ['authorization_code', 'refresh_token', 'implicit', DEVICE_CODE],
      response_types: ['code', 'token', 'code id_token token'],
      audience: [ORDERS, BILLS],
      request_object_signing_alg: 'ES256',
      jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'ES256', use: 'sig' }] },
    });
    anyone = await RelyingParty.register(server);
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  const walk = (over: Form, consent = {}, by = client): Promise<End> =>
    new CookieBrowser(server).walk(by.address(over), { answers: { consent } });
  const audienceOf = async (token: unknown): Promise<unknown> => {
    const body = new URLSearchParams({ token: String(token) });
    return (await send('POST', `${server.admin}/admin/oauth2/introspect`, { body })).json.aud;
  };
  const redeemed = async ({ parameters }: End, form: Form = {}, by = client): Promise<unknown> => {
    const { json, text, status } = await by.redeem(parameters.code ?? '', form);
    if (status !== 200) throw new Error(text);
    return audienceOf(json.access_token);
  };
  const object = (claims: object): Form => {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const input = `${part({ alg: 'ES256', kid: 'k' })}.${part({ iss: client.clientId, aud: ISSUER, ...claims })}`;
    const key = { key: privateKey, dsaEncoding: 'ieee-p1363' as const };
    return { request: `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}` };
  };

  it('are shown to both apps with `audience` in one set as they were sent, and granted by the name they know', async () => {
    const asked = { resource: [`${ORDERS}/`, BILLS], audience: `${BILLS} ${ORDERS}` };
    const end = await walk(asked, { grant_access_token_audience: [`${ORDERS}/`, BILLS] });
    const set = [BILLS, ORDERS, `${ORDERS}/`];
    expect(end.login?.requested_access_token_audience).toEqual(set);
    expect(end.consent?.requested_access_token_audience).toEqual(set);
    expect(await redeemed(end)).toEqual([`${ORDERS}/`, BILLS]);
  });

  it('may be granted in part', async () => {
    expect(await redeemed(await walk({ resource: [ORDERS, BILLS] }, { grant_access_token_audience: [BILLS] }))).toEqual(
      [BILLS],
    );
  });

  it('that the server lists may be asked for by every client', async () => {
    const end = await walk({ resource: MCP }, { grant_access_token_audience: [MCP] }, anyone);
    expect(await redeemed(end, { resource: MCP }, anyone)).toEqual([MCP]);
    expect((await walk({ resource: ORDERS }, {}, anyone)).parameters.error).toBe(TARGET);
  });

  it.each(BAD)('a resource %s is refused at the redirect URI, before any app', async (_, resource) => {
    const { parameters, login, url } = await walk({ resource });
    expect([parameters.error, parameters.state, login]).toEqual([TARGET, 'a-long-state', undefined]);
    expect(url?.origin).toBe('https://app.example');
  });

  it('an audience that is not allowed keeps its code', async () => {
    expect((await walk({ audience: 'https://foreign.example/', resource: ORDERS })).parameters.error).toBe(
      'invalid_request',
    );
  });

  it('an empty resource is none', async () => {
    expect((await walk({ resource: '' })).consent?.requested_access_token_audience).toEqual([]);
  });

  it.each(BAD)('a pushed resource %s is refused in the push', async (_, resource) => {
    const { status, json } = await client.push({ response_type: 'code', state: 'a-long-state', resource });
    expect([status, json.error]).toEqual([400, TARGET]);
  });

  it('may be pushed', async () => {
    const pushed = await client.push({
      ...{
        response_type: 'code',
        state: 'a-long-state',
        scope: 'openid offline_access',
        redirect_uri: 'https://app.example/cb',
      },
      resource: [ORDERS, BILLS],
    });
    const consent = { grant_access_token_audience: [ORDERS, BILLS] };
    const end = await new CookieBrowser(server, { consent }).walk(
      client.pushedAddress(String(pushed.json.request_uri)),
    );
    expect(end.consent?.requested_access_token_audience).toEqual([ORDERS, BILLS]);
    expect(await redeemed(end, { resource: BILLS })).toEqual([BILLS]);
  });

  it.each<[string, object, unknown]>([
    ['a text', { resource: ORDERS }, [ORDERS]],
    ['a list', { resource: [ORDERS, BILLS] }, [ORDERS, BILLS]],
    ['a list beside one of the query, which does not count', { resource: [BILLS] }, [BILLS]],
  ])('in a request object may be %s', async (_, claims, seen) => {
    const end = await walk({ ...object(claims), resource: ORDERS });
    expect(end.consent?.requested_access_token_audience).toEqual(seen);
  });

  it.each<[string, unknown]>([
    ['a number', [1]],
    ['an object', [{}]],
    ['two in one text', `${ORDERS} ${BILLS}`],
    ['too many', many],
  ])('in a request object that hold %s are refused', async (_, resource) => {
    expect((await walk(object({ resource }))).parameters.error).toBe(TARGET);
  });

  it('are for the tokens of the front channel too', async () => {
    const consent = { grant_access_token_audience: [ORDERS] };
    const implicit = await walk({ response_type: 'token', resource: ORDERS }, consent);
    expect(await audienceOf(implicit.parameters.access_token)).toEqual([ORDERS]);
    const hybrid = await walk({ response_type: 'code id_token token', resource: ORDERS }, consent);
    expect(await audienceOf(hybrid.parameters.access_token)).toEqual([ORDERS]);
    expect(decodeJwt(hybrid.parameters.id_token ?? '').aud).toEqual([client.clientId]);
    const refused = await walk({ response_type: 'token', resource: '/orders' });
    expect([refused.place, refused.parameters.error]).toEqual(['fragment', TARGET]);
  });

  const device = async (form: Form): Promise<Answer> => client.startDevice(form);

  it.each(BAD)('a device may not ask for a resource %s', async (_, resource) => {
    const { status, json } = await device({ resource });
    expect([status, json.error]).toEqual([400, TARGET]);
  });

  it('may be asked for by a device, and narrowed by it', async () => {
    const { json } = await device({ resource: [ORDERS, BILLS] });
    const consent = { grant_access_token_audience: [ORDERS, BILLS] };
    const browser = new CookieBrowser(server, { consent });
    const shown = await browser.go('/oauth2/device/verify');
    const challenge = new URL(shown.headers.get('location') ?? '').searchParams.get('device_challenge') ?? '';
    const path = `/oauth2/auth/requests/device/accept?device_challenge=${encodeURIComponent(challenge)}`;
    const { redirect_to: next } = (await client.admin('PUT', path, { user_code: json.user_code })).json;
    const end = await browser.walk(String(next));
    expect(end.consent?.requested_access_token_audience).toEqual([ORDERS, BILLS]);
    const poll = (form: Form) =>
      client.token({ grant_type: DEVICE_CODE, device_code: String(json.device_code), ...form });
    for (const resource of [MCP, '/orders']) {
      expect((await poll({ resource })).json.error).toBe(TARGET);
    }
    const tokens = (await poll({ resource: BILLS })).json;
    expect(await audienceOf(tokens.access_token)).toEqual([BILLS]);
    expect(await audienceOf((await client.refresh(String(tokens.refresh_token))).json.access_token)).toEqual([
      ORDERS,
      BILLS,
    ]);
  });

  it('that were granted before need no new consent, others and their parts do', async () => {
    const owner = await RelyingParty.register(server, { audience: [ORDERS, BILLS] });
    const remembered = { grant_scope: ['openid', 'offline_access'], remember: true };
    const given = await walk({ resource: ORDERS }, { ...remembered, grant_access_token_audience: [ORDERS] }, owner);
    expect(given.consent?.skip).toBe(false);
    const skipped = async (resource: string | string[]) => (await walk({ resource }, {}, owner)).consent?.skip;
    expect(await skipped(ORDERS)).toBe(true);
    expect(await skipped(`${ORDERS}/1`)).toBe(false);
    expect(await skipped([ORDERS, BILLS])).toBe(false);
    const silent = await walk({ resource: BILLS, prompt: 'none' }, {}, owner);
    expect(silent.parameters.error).toMatch(/^(consent|login)_required$/);
  });

  it('that the client may not have cannot be granted', async () => {
    const browser = new CookieBrowser(server);
    const stopped = await browser.walk(client.address({ resource: ORDERS }), { until: 'consent' });
    const challenge = stopped.url?.searchParams.get('consent_challenge') ?? '';
    const accept = (audience: string[]) =>
      client.admin('PUT', `/oauth2/auth/requests/consent/accept?consent_challenge=${encodeURIComponent(challenge)}`, {
        ...{ grant_scope: ['openid'], grant_access_token_audience: audience },
      });
    for (const audience of ['https://foreign.example/', INTERNAL]) {
      const { status, json } = await accept([ORDERS, audience]);
      expect([status, json.error]).toEqual([400, 'invalid_request']);
    }
    expect((await accept([ORDERS, MCP])).status).toBe(200);
  });

  it('that the client lost while the person logged in are refused', async () => {
    const owner = await RelyingParty.register(server, { audience: [ORDERS] });
    const browser = new CookieBrowser(server);
    const stopped = await browser.walk(owner.address({ resource: ORDERS }), { until: 'login' });
    await owner.admin('PATCH', `/clients/${owner.clientId}`, [{ op: 'replace', path: '/audience', value: [] }]);
    const challenge = stopped.url?.searchParams.get('login_challenge') ?? '';
    const path = `/oauth2/auth/requests/login/accept?login_challenge=${encodeURIComponent(challenge)}`;
    const { redirect_to: next } = (await owner.admin('PUT', path, { subject: 'alice' })).json;
    expect((await browser.walk(String(next))).parameters.error).toBe(TARGET);
  });

  it('hold the locations of authorization details (RFC 9396 §2.2)', async () => {
    const asking = (...locations: string[]): Form => ({
      authorization_details: JSON.stringify([{ type: 'order', locations }]),
    });
    expect((await walk({ ...asking(ORDERS, `${ORDERS}/1`), resource: ORDERS })).parameters.code).toBeDefined();
    expect((await walk({ ...asking(ORDERS, BILLS), resource: ORDERS })).parameters.error).toBe(TARGET);
    expect((await walk(asking(BILLS))).parameters.code).toBeDefined();
    expect((await device({ ...asking(BILLS), resource: ORDERS })).json.error).toBe(TARGET);
  });

  it('are read from a POST as well', async () => {
    const form = Object.fromEntries(new URLSearchParams(client.address({ resource: ORDERS }).split('?')[1]));
    const end = await new CookieBrowser(server).walk('/oauth2/auth', { form });
    expect(end.consent?.requested_access_token_audience).toEqual([ORDERS]);
  });
});
