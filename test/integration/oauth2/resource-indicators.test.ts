/** Resource indicators (RFC 8707 §2.2) at the token endpoint: what one access token is for. */
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { JWT_BEARER } from '../../../src/protocol/constants.js';
import { BoundParty } from '../../support/bound-party.js';
import { CookieBrowser } from '../../support/cookie-browser.js';
import { FapiParty } from '../../support/fapi-party.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { Receiver } from '../../support/receiver.js';
import { type Answer, type Form, RelyingParty, send } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { type Counted, StatementCount } from '../../support/statement-count.js';
import { TrustedIssuer } from '../../support/trusted-issuer.js';
import { ImportedRows } from '../imported/imported-rows.js';

const ORDERS = 'https://api.example/orders';
const BILLS = 'https://api.example/bills/';
const MCP = 'https://mcp.example/server';
const TOOLS = 'https://tools.example/';
const ALL = [ORDERS, BILLS];
const TARGET = 'invalid_target';
const SECRET = 'the system secret of Hydra';
const PATIENCE = { timeout: 20_000, interval: 20 };

const OAUTH2 = {
  resource_indicators: { enabled: true },
  protected_resources: [
    { resource: MCP, scopes_supported: ['photos.read', 'openid'] },
    { resource: TOOLS, scopes_supported: ['photos.read'] },
  ],
  dpop: { enabled: true },
  pushed_authorization_requests: { enabled: true },
  grant: { refresh_token: { rotation_grace_period: '1h' } },
};
const SETTINGS = { keys: { algorithm: 'ES256' }, secrets: { system: [SECRET] } };
/** Sent with a code or a refresh token, all are refused. */
const REFUSED: [string, string | string[]][] = [
  ['that was not granted', 'https://api.example/other'],
  ['below a granted one', `${ORDERS}/1`],
  ['without its trailing slash', BILLS.slice(0, -1)],
  ['beside a granted one', [ORDERS, MCP]],
  ['that is relative', '/orders'],
  ['with a fragment', `${ORDERS}#part`],
  ['sent 33 times', Array.from({ length: 33 }, () => ORDERS)],
];

describe('resource at the token endpoint', () => {
  let database: TestDatabase;
  let server: TestServer;
  let client: RelyingParty;
  const statements = new StatementCount();

  beforeAll(async () => {
    database = await freshDatabase();
    server = await startTestServer(database.dsn, { ...SETTINGS, oauth2: OAUTH2 });
    client = await RelyingParty.register(server, {
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials', 'implicit'],
      audience: ALL,
    });
  });
  afterAll(async () => {
    statements.end();
    await server.stop();
    await database.drop();
  });

  const introspect = async (token: unknown, at = server): Promise<Record<string, unknown>> => {
    const body = new URLSearchParams({ token: String(token) });
    return (await send('POST', `${at.admin}/admin/oauth2/introspect`, { body })).json;
  };
  const audienceOf = async ({ status, json, text }: Answer, at = server): Promise<unknown> => {
    if (status !== 200) throw new Error(text);
    return (await introspect(json.access_token, at)).aud;
  };
  const refusalOf = ({ status, json }: Answer): unknown[] => [status, json.error];
  const granting = (...audience: string[]) => ({ grant_access_token_audience: audience });
  const code = (by = client, audience = ALL) => by.code({ resource: audience }, granting(...audience));
  const tokens = async (by = client, audience = ALL): Promise<Record<string, string>> =>
    (await by.redeem(await code(by, audience))).json as Record<string, string>;

  it.each<[string, Form, string[]]>([
    ['with one granted resource', { resource: BILLS }, [BILLS]],
    ['with all in another order', { resource: [BILLS, ORDERS] }, [BILLS, ORDERS]],
    ['with one twice', { resource: [ORDERS, ORDERS] }, [ORDERS]],
    ['without a resource', {}, ALL],
    ['with an empty one', { resource: '' }, ALL],
    ['with an audience, which means nothing here', { audience: BILLS }, ALL],
  ])('a code and a refresh token %s give a token for exactly that', async (_, form, expected) => {
    const first = await client.redeem(await code(), form);
    expect(await audienceOf(first)).toEqual(expected);
    expect((await introspect(first.json.refresh_token)).aud).toEqual(ALL);
    expect(await audienceOf(await client.refresh(String(first.json.refresh_token), form))).toEqual(expected);
  });

  it.each(REFUSED)('a resource %s is refused, and neither code nor refresh token is spent', async (_, resource) => {
    const given = await code();
    expect(refusalOf(await client.redeem(given, { resource }))).toEqual([400, TARGET]);
    const first = await client.redeem(given);
    expect(await audienceOf(first)).toEqual(ALL);
    const refresh = String(first.json.refresh_token);
    expect(refusalOf(await client.refresh(refresh, { resource }))).toEqual([400, TARGET]);
    expect(refusalOf(await client.refresh(refresh, { resource, scope: 'offline_access' }))).toEqual([400, TARGET]);
    expect(await client.isActive(String(first.json.access_token))).toBe(true);
    expect(await audienceOf(await client.refresh(refresh, { resource: ORDERS }))).toEqual([ORDERS]);
  });

  it('a code that is used again with a resource that was not granted still ends its grant (RFC 6749 §4.1.2)', async () => {
    for (const resource of [MCP, '/orders']) {
      const given = await code();
      const { access_token: token } = (await client.redeem(given)).json;
      await vi.waitFor(async () => {
        await client.redeem(given, { resource });
        expect(await client.isActive(String(token))).toBe(false);
      }, PATIENCE);
    }
  });

  it('one refresh after the other may ask for other resources, also within the grace period', async () => {
    const { refresh_token: first = '' } = await tokens();
    const second = await client.refresh(first, { resource: ORDERS });
    const branch = await client.refresh(first, { resource: BILLS });
    expect([await audienceOf(second), await audienceOf(branch)]).toEqual([[ORDERS], [BILLS]]);
    expect(refusalOf(await client.refresh(first, { resource: MCP }))).toEqual([400, TARGET]);
    for (const { json } of [second, branch]) {
      expect(await audienceOf(await client.refresh(String(json.refresh_token)))).toEqual(ALL);
    }
  });

  it('a narrower scope and a resource go together', async () => {
    const { refresh_token: token = '' } = await tokens();
    const { json } = await client.refresh(token, { resource: ORDERS, scope: 'openid' });
    expect(json.scope).toBe('openid');
    expect(await introspect(json.access_token)).toMatchObject({ aud: [ORDERS], scope: 'openid' });
  });

  it('client credentials and assertions get what they may have', async () => {
    const both = await RelyingParty.register(server, {
      grant_types: ['client_credentials', JWT_BEARER],
      audience: ALL,
    });
    const issuer = await TrustedIssuer.of(server);
    const grants: ((form: Form) => Promise<Answer>)[] = [
      (form) => both.token({ grant_type: 'client_credentials', ...form }),
      (form) => both.token({ grant_type: JWT_BEARER, assertion: issuer.assertion(), ...form }),
    ];
    for (const ask of grants) {
      expect(await audienceOf(await ask({ resource: [`${ORDERS}/1`, MCP], audience: BILLS }))).toEqual(
        expect.arrayContaining([BILLS, `${ORDERS}/1`, MCP]),
      );
      for (const resource of ['https://foreign.example', '/orders', `${ORDERS}#`, [ORDERS, 'urn:x']]) {
        expect(refusalOf(await ask({ resource }))).toEqual([400, TARGET]);
      }
    }
  });

  it('a refused assertion is not spent', async () => {
    const by = await RelyingParty.register(server, { grant_types: [JWT_BEARER] });
    const assertion = (await TrustedIssuer.of(server)).assertion();
    const ask = (resource: string) => by.token({ grant_type: JWT_BEARER, assertion, resource });
    expect(refusalOf(await ask(ORDERS))).toEqual([400, TARGET]);
    expect(await audienceOf(await ask(MCP))).toContain(MCP);
  });

  it('a token for one listed resource has only the scopes of its list; the grant keeps all', async () => {
    const scope = 'openid offline_access photos.read photos.write';
    const consent = { grant_scope: scope.split(' '), ...granting(MCP, ORDERS, TOOLS) };
    const first = await client.redeem(await client.code({ scope, resource: [MCP, ORDERS, TOOLS] }, consent), {
      resource: MCP,
    });
    expect(first.json.scope).toBe('openid photos.read');
    expect(await introspect(first.json.access_token)).toMatchObject({ aud: [MCP], scope: 'openid photos.read' });
    expect((await introspect(first.json.refresh_token)).scope).toBe(scope);
    const forTools = await client.refresh(String(first.json.refresh_token), { resource: TOOLS });
    expect(forTools.json).toMatchObject({ scope: 'photos.read', id_token: expect.any(String) as string });
    const both = await client.refresh(String(forTools.json.refresh_token), { resource: [TOOLS, MCP] });
    expect([both.json.scope, (await introspect(both.json.access_token)).scope]).toEqual([scope, scope]);
    const narrowed = await client.refresh(String(both.json.refresh_token), {
      ...{ resource: TOOLS, scope: 'photos.write openid' },
    });
    expect(narrowed.json).toMatchObject({ scope: '', id_token: expect.any(String) as string });
    expect((await introspect(narrowed.json.access_token)).scope ?? '').toBe('');
    const other = await client.refresh(String(narrowed.json.refresh_token), { resource: ORDERS });
    expect(other.json.scope).toBe(scope);
  });

  it('the same holds for a token for all that was granted, for the client itself, and for the front channel', async () => {
    const scope = 'openid offline_access photos.read photos.write';
    const consent = { grant_scope: scope.split(' '), ...granting(MCP) };
    const ofCode = await client.redeem(await client.code({ scope, resource: MCP }, consent));
    expect(ofCode.json).toMatchObject({ scope: 'openid photos.read', id_token: expect.any(String) as string });
    const own = await client.token({
      grant_type: 'client_credentials',
      scope: 'photos.read photos.write',
      resource: MCP,
    });
    expect([own.json.scope, (await introspect(own.json.access_token)).scope]).toEqual(['photos.read', 'photos.read']);
    const address = client.address({ scope, resource: MCP, response_type: 'code id_token token' });
    const { parameters } = await new CookieBrowser(server, { consent }).walk(address);
    expect(parameters.scope).toBe('openid photos.read');
    expect((await introspect(parameters.access_token)).scope).toBe('openid photos.read');
  });

  it('JWT access tokens state their audience and scope', async () => {
    const jwt = await RelyingParty.register(server, { audience: ALL, access_token_strategy: 'jwt' });
    const narrowed = await jwt.redeem(await code(jwt), { resource: BILLS });
    expect(decodeJwt(String(narrowed.json.access_token)).aud).toEqual([BILLS]);
    const own = await jwt.token({ grant_type: 'client_credentials', resource: MCP, scope: 'photos.read photos.write' });
    expect(decodeJwt(String(own.json.access_token))).toMatchObject({ aud: [MCP], scp: ['photos.read'] });
  });

  it('tokens that are bound to a key may be narrowed; a refusal does not spend the code', async () => {
    const bound = await BoundParty.register(server, { audience: ALL, token_endpoint_auth_method: 'none' });
    const given = await code(bound.party);
    expect(refusalOf(await bound.redeem(given, {}, { resource: MCP }))).toEqual([400, TARGET]);
    const { json } = await bound.redeem(given, {}, { resource: ORDERS });
    expect(await bound.introspect(json.access_token)).toMatchObject({
      ...{ aud: [ORDERS], cnf: { jkt: expect.any(String) as string } },
    });
    expect(refusalOf(await bound.refresh(json.refresh_token, {}, { resource: MCP }))).toEqual([400, TARGET]);
    const next = await bound.refresh(json.refresh_token, {}, { resource: BILLS });
    expect(await bound.introspect(next.json.access_token)).toMatchObject({ aud: [BILLS] });
  });

  it('a refresh token that is kept (FAPI 2.0) may be used for one resource after the other', async () => {
    const fapi = await FapiParty.register(server, { audience: [ORDERS] });
    const scope = ['openid', 'offline_access', 'photos'];
    const consent = { grant_scope: scope, ...granting(MCP, ORDERS) };
    const asked = { audience: `${MCP} ${ORDERS}`, scope: scope.join(' ') };
    const given = await fapi.code(asked, {}, new CookieBrowser(server, { consent }));
    const ask = (resource: string) =>
      fapi.token({ grant_type: 'refresh_token', refresh_token: String(first.json.refresh_token), resource });
    const first = await fapi.redeem(given, { form: { resource: ORDERS } });
    expect(await audienceOf(first)).toEqual([ORDERS]);
    const mcp = await ask(MCP);
    expect([await audienceOf(mcp), mcp.json.scope]).toEqual([[MCP], 'openid']);
    expect(refusalOf(await ask(BILLS))).toEqual([400, TARGET]);
    const orders = await ask(ORDERS);
    expect([await audienceOf(orders), orders.json.scope]).toEqual([[ORDERS], scope.join(' ')]);
  });

  it('a client that lost an audience keeps what every client may have', async () => {
    const owner = await RelyingParty.register(server, { audience: [TOOLS, MCP] });
    const { refresh_token: token = '' } = await tokens(owner, [TOOLS, MCP]);
    await owner.admin('PATCH', `/clients/${owner.clientId}`, [{ op: 'replace', path: '/audience', value: [] }]);
    expect(await audienceOf(await owner.refresh(token, { resource: MCP }))).toEqual([MCP]);
    const loser = await RelyingParty.register(server, { audience: ALL });
    const { refresh_token: lost = '' } = await tokens(loser);
    await loser.admin('PATCH', `/clients/${loser.clientId}`, [{ op: 'replace', path: '/audience', value: [ORDERS] }]);
    expect((await loser.refresh(lost, { resource: ORDERS })).status).toBe(400);
  });

  it('a refresh token of Hydra may be narrowed too', async () => {
    const rows = await ImportedRows.open(database.dsn);
    await rows.record({ hydra_oauth2_access: '2099-01-01T00:00:00Z' });
    const { refresh, grantId } = await rows.family({ clientId: client.clientId, secret: SECRET });
    await rows.query('update authorization_grant set audience = $2 where id = $1', [grantId, ALL]);
    await rows.close();
    // It sees at its start that there are tokens of Hydra.
    const after = await startTestServer(database.dsn, { ...SETTINGS, oauth2: OAUTH2 });
    const at = client.at(after);
    expect(refusalOf(await at.refresh(refresh.token, { resource: MCP }))).toEqual([400, TARGET]);
    expect(await audienceOf(await at.refresh(refresh.token, { resource: BILLS }))).toEqual([BILLS]);
    await after.stop();
  });

  /** Counts again on a mismatch, because a cached client may expire, or housekeeping begin, during an attempt. */
  const costs = async (count: number, prepare: () => Promise<Counted>, status = 200): Promise<void> => {
    await vi.waitFor(async () => {
      const request = await prepare();
      await client.token({ grant_type: 'client_credentials' });
      expect(await statements.of(request, status)).toBe(count);
    }, PATIENCE);
  };

  it.each([ORDERS, MCP])('issuing and introspecting for %s is one statement', async (resource) => {
    const granted = [ORDERS, MCP];
    const own = { grant_type: 'client_credentials', resource };
    await costs(1, () => Promise.resolve(() => client.token(own)));
    await costs(1, async () => {
      const given = await code(client, granted);
      return () => client.redeem(given, { resource });
    });
    await costs(1, async () => {
      const { refresh_token: token = '' } = await tokens(client, granted);
      return () => client.refresh(token, { resource });
    });
    await costs(1, async () => {
      const { json } = await client.redeem(await code(client, granted), { resource });
      const body = new URLSearchParams({ token: String(json.access_token) });
      return () => send('POST', `${server.admin}/admin/oauth2/introspect`, { body });
    });
    await costs(0, () => Promise.resolve(() => client.token({ ...own, resource: '/orders' })), 400);
  });

  it('hooks see what the token is for, and their claims stay with it', async () => {
    const hook = await Receiver.open();
    const hooked = await startTestServer(database.dsn, { ...SETTINGS, oauth2: { ...OAUTH2, token_hook: hook.url } });
    hook.answer = (response) => response.writeHead(200).end('{"session":{"access_token":{"seen":"yes"}}}');
    const given = await code(client, [MCP, ORDERS]);
    const at = client.at(hooked);
    expect(refusalOf(await at.redeem(given, { resource: BILLS }))).toEqual([400, TARGET]);
    const { json } = await at.redeem(given, { resource: MCP });
    expect(await introspect(json.access_token)).toMatchObject({ aud: [MCP], ext: { seen: 'yes' } });
    const [body = '{}'] = [...(hook.requests.at(-1)?.form.keys() ?? [])];
    expect(JSON.parse(body)).toMatchObject({ request: { granted_audience: [MCP] } });
    await hooked.stop();
    await hook.close();
  });
});
