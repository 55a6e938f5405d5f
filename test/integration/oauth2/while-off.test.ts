/**
 * What no key switches on does not show: a server without such keys answers to the byte as it did before the features were
 * made. The values lie in test/fixtures/while-off.json. A feature that adds a parameter, a header or a member of the client adds
 * it to the requests here; the values do not change by it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { CookieBrowser } from '../../support/cookie-browser.js';
import { CALLBACK, send } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';

const GOLDEN = fileURLToPath(new URL('../../fixtures/while-off.json', import.meta.url));
/** Writes the values in place of comparing them, for a change that was meant. */
const isUpdate = process.env.UPDATE_GOLDEN === '1';

/** Parameters of features that are off: they mean nothing. */
const UNKNOWN_PARAMETERS = {
  dpop_jkt: 'a'.repeat(43),
  resource: 'https://api.example/',
  claims: '{"id_token":{"acr":{"essential":true,"value":"gold"}}}',
  authorization_details: '[{"type":"payment_initiation"}]',
};
/** Headers of features that are off. */
const UNKNOWN_HEADERS = { DPoP: 'no proof', 'Client-Cert': ':bm8=:', 'X-Forwarded-Client-Cert': 'Hash=no' };

/** Values that differ from run to run, by the name of their member. */
const FRESH = new Set([
  ...['access_token', 'refresh_token', 'id_token', 'client_secret', 'registration_access_token', 'client_id'],
  ...['created_at', 'updated_at', 'iat', 'exp', 'nbf', 'auth_time', 'rat', 'jti', 'sid', 'at_hash', 'kid', 'aud'],
  ...['challenge', 'request_url', 'requested_at', 'session_id', 'login_session_id', 'login_challenge'],
  ...['consent_request_id', 'date', 'expires_in'],
]);

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

describe('while off', () => {
  const seen: Record<string, unknown> = {};
  let database: TestDatabase;
  let server: TestServer;

  beforeAll(async () => {
    database = await freshDatabase();
    server = await startTestServer(database.dsn);
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
    if (isUpdate) writeFileSync(GOLDEN, `${JSON.stringify(seen, undefined, 2)}\n`);
  });

  /** The order of members counts as well: an answer is compared as text. */
  const same = (name: string, value: unknown): void => {
    seen[name] = plain(value);
    if (isUpdate) return;
    const golden = JSON.parse(readFileSync(GOLDEN, 'utf8')) as Record<string, unknown>;
    expect(JSON.stringify(seen[name], undefined, 1)).toBe(JSON.stringify(golden[name], undefined, 1));
  };

  const answer = (name: string, { status, headers, json }: Awaited<ReturnType<typeof send>>): void => {
    const names = [...headers.keys()].filter((one) => !/^(date|content-length|x-request-id|traceparent)$/.test(one));
    same(name, { status, headers: Object.fromEntries(names.map((one) => [one, headers.get(one)])), json });
  };

  const register = (over: object = {}) =>
    send('POST', `${server.admin}/admin/clients`, {
      body: JSON.stringify({
        grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
        redirect_uris: [CALLBACK],
        scope: 'openid offline_access photos',
        ...over,
      }),
    });

  const token = (form: Record<string, string>, { json }: Awaited<ReturnType<typeof send>>) => {
    const pair = `${String(json.client_id)}:${encodeURIComponent(String(json.client_secret))}`;
    return send('POST', `${server.public}/oauth2/token`, {
      body: new URLSearchParams({ ...form, ...UNKNOWN_PARAMETERS }),
      headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}`, ...UNKNOWN_HEADERS },
    });
  };

  it.each(['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server'])(
    'discovery: %s',
    async (path) => {
      answer(path, await send('GET', server.public + path));
    },
  );

  it('a client', async () => {
    const made = await register();
    answer('client, registered', made);
    const address = `${server.admin}/admin/clients/${String(made.json.client_id)}`;
    answer('client, read', await send('GET', address));
  });

  it('tokens of a login', async () => {
    const made = await register();
    const query = new URLSearchParams({
      ...{ client_id: String(made.json.client_id), response_type: 'code', redirect_uri: CALLBACK },
      ...{ scope: 'openid offline_access', state: 'a-long-state', nonce: 'a-long-nonce', ...UNKNOWN_PARAMETERS },
    });
    const browser = new CookieBrowser(server);
    const { login, consent, parameters } = await browser.walk(`/oauth2/auth?${query.toString()}`);
    same('login request', login);
    same('consent request', consent);
    same('authorization response', { ...parameters, code: 'fresh' });
    const code = parameters.code ?? '';
    const tokens = await token({ grant_type: 'authorization_code', code, redirect_uri: CALLBACK }, made);
    answer('token response', tokens);
    const { id_token: idToken, access_token: access, refresh_token: refresh } = tokens.json as Record<string, string>;
    same('ID token', [decodeProtectedHeader(idToken ?? ''), decodeJwt(idToken ?? '')]);
    const headers = { authorization: `Bearer ${access ?? ''}`, ...UNKNOWN_HEADERS };
    answer('userinfo', await send('GET', `${server.public}/userinfo`, { headers }));
    for (const [name, one] of [
      ['access token', access],
      ['refresh token', refresh],
    ] as const) {
      const body = new URLSearchParams({ token: one ?? '' });
      answer(`introspection, ${name}`, await send('POST', `${server.admin}/admin/oauth2/introspect`, { body }));
    }
    answer('refresh response', await token({ grant_type: 'refresh_token', refresh_token: refresh ?? '' }, made));
  });

  it('tokens of a client, opaque and as a JWT', async () => {
    answer('client credentials', await token({ grant_type: 'client_credentials' }, await register()));
    const response = await token(
      { grant_type: 'client_credentials', scope: 'photos' },
      await register({ access_token_strategy: 'jwt' }),
    );
    answer('client credentials, JWT', response);
    const jwt = String(response.json.access_token);
    same('JWT access token', [decodeProtectedHeader(jwt), decodeJwt(jwt)]);
  });

  it.each([
    ['/oauth2/token', { grant_type: 'urn:openid:params:grant-type:ciba' }],
    ['/oauth2/token', { grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange' }],
    ['/oauth2/par', { response_type: 'code' }],
    ['/oauth2/ciba/auth', { scope: 'openid' }],
  ])('what is not there: %s %j', async (path, form) => {
    const response = await send('POST', server.public + path, { body: new URLSearchParams(form as never) });
    answer(`${path} ${JSON.stringify(form)}`, response);
  });

  it.each(['jwt', 'query.jwt', 'form_post.jwt', 'fragment.jwt'])('the response mode %s is unknown', async (mode) => {
    const { json } = await register();
    const query = new URLSearchParams({
      ...{ client_id: String(json.client_id), response_type: 'code', redirect_uri: CALLBACK, scope: 'openid' },
      ...{ state: 'a-long-state', response_mode: mode },
    });
    const { status, headers } = await send('GET', `${server.public}/oauth2/auth?${query.toString()}`);
    same(`response mode ${mode}`, { status, location: headers.get('location') });
  });
});

/** The value with a word in place of what differs from run to run, at every depth. */
function plain(value: unknown, name = ''): unknown {
  if (FRESH.has(name) && value !== null && value !== undefined)
    return `a ${Array.isArray(value) ? 'list' : typeof value}`;
  if (Array.isArray(value)) return value.map((one) => plain(one));
  if (typeof value === 'string') return value.replaceAll(UUID, 'a UUID');
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one, key)]));
}
