/** FAPI 2.0 Message Signing: signed requests (JAR) at the push, and signed responses (JARM) once the client registered them. */
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CookieBrowser } from '../../support/cookie-browser.js';
import { epoch, FAPI_CALLBACK, FapiParty, partyKey, request } from '../../support/fapi-party.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { type Answer, send } from '../../support/send.js';
import { ISSUER, startTestServer, type TestServer } from '../../support/server.js';

const SIGNING = { security_profile: 'fapi-2.0-message-signing' };
const outcome = ({ status, json }: Answer): [number, unknown] => [status, json.error];

describe('a client under FAPI 2.0 Message Signing', () => {
  let database: TestDatabase;
  let server: TestServer;
  let party: FapiParty;

  beforeAll(async () => {
    database = await freshDatabase();
    server = await startTestServer(database.dsn, {
      keys: { algorithm: 'PS256' },
      oauth2: {
        pushed_authorization_requests: { enabled: true },
        dpop: { enabled: true },
        jarm: { enabled: true },
      },
    });
    party = await FapiParty.register(server, SIGNING);
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  const push = async (over: Record<string, unknown> = {}, by = party, parameters = request().parameters) =>
    by.push({ request: await by.object(parameters, over) });

  it('gets tokens for a signed request, of which what stands beside it is no part', async () => {
    const { parameters, verifier } = request();
    const beside = { state: 'outside', nonce: 'outside', scope: 'photos', redirect_uri: 'https://evil.example/' };
    const uri = await party.pushed({ request: await party.object(parameters), ...beside });
    const { parameters: end } = await party.visit(uri);
    expect([end.state, end.scope]).toEqual([parameters.state, 'openid offline_access']);
    expect((await party.redeem({ code: end.code ?? '', verifier })).status).toBe(200);
  });

  it('does not get a state that is only outside', async () => {
    const { parameters } = request({ state: undefined });
    const { parameters: end } = await party.visit(
      await party.pushed({ request: await party.object(parameters), state: 'outside' }),
    );
    expect([end.state, typeof end.code]).toEqual([undefined, 'string']);
  });

  it('pushes nothing unsigned', async () => {
    expect(outcome(await party.push(request().parameters))).toEqual([400, 'invalid_request']);
  });

  it.each<[string, () => Record<string, unknown>]>([
    ['nbf ahead by what clocks differ', () => ({ nbf: epoch() + 8 })],
    ['several audiences', () => ({ aud: [ISSUER, 'https://other.example'] })],
    ['a life of an hour', () => ({ nbf: epoch(), exp: epoch() + 3_600 })],
    ['nbf almost an hour ago', () => ({ nbf: epoch() - 3_500, exp: epoch() + 60 })],
  ])('may sign a request with %s', async (_, over) => {
    expect((await push(over())).status).toBe(201);
  });

  it.each<[string, () => Record<string, unknown>]>([
    ['without exp', () => ({ exp: undefined })],
    ['without nbf', () => ({ nbf: undefined })],
    ['without aud', () => ({ aud: undefined })],
    ['for another server', () => ({ aud: 'https://other.example' })],
    ['for the token endpoint', () => ({ aud: `${ISSUER}/oauth2/token` })],
    ['that has expired', () => ({ nbf: epoch() - 120, exp: epoch() - 60 })],
    ['that is good for more than an hour', () => ({ exp: epoch() + 3_700 })],
    ['that is good for two hours', () => ({ exp: epoch() + 7_200 })],
    ['that was good more than an hour ago', () => ({ nbf: epoch() - 3_700, exp: epoch() + 60 })],
    ['that is good in a minute', () => ({ nbf: epoch() + 70 })],
    ['of another client', () => ({ client_id: 'other' })],
    ['by another issuer', () => ({ iss: 'other' })],
    ['with a reference inside', () => ({ request_uri: 'urn:ietf:params:oauth:request_uri:x' })],
    ['with a request inside', () => ({ request: 'a.b.c' })],
    ['that is an assertion', () => ({ sub: party.clientId })],
  ])('is refused a request %s', async (_, over) => {
    expect(outcome(await push(over()))).toEqual([400, 'invalid_request_object']);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['without redirect_uri', { redirect_uri: undefined }, 'invalid_request'],
    ['with another redirect_uri', { redirect_uri: 'https://evil.example/' }, 'invalid_request'],
    ['without PKCE', { code_challenge: undefined }, 'invalid_request'],
    ['for a token', { response_type: 'token' }, 'unsupported_response_type'],
  ])('is refused a signed request %s', async (_, over, code) => {
    expect(outcome(await push(over))).toEqual([400, code]);
  });

  it('is refused a request that another key signed, or another algorithm, or none', async () => {
    const { parameters } = request();
    for (const alg of ['ES256', 'RS256', 'PS256']) {
      const signed = await party.object(parameters, {}, await partyKey(alg, 'client'));
      expect(outcome(await party.push({ request: signed })), alg).toEqual([400, 'invalid_request_object']);
    }
    const [, payload = '', signature = ''] = (await party.object(parameters)).split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    for (const unsigned of [`${none}.${payload}.`, `${none}.${payload}.${signature}`]) {
      expect(outcome(await party.push({ request: unsigned }))).toEqual([400, 'invalid_request_object']);
    }
  });

  it('may bind its code inside the object', async () => {
    const { parameters, verifier } = request();
    const object = await party.object({ ...parameters, dpop_jkt: await party.thumbprint() });
    const { code = '' } = (await party.visit(await party.pushed({ request: object }))).parameters;
    expect(outcome(await party.redeem({ code, verifier }, { proofKey: await partyKey() }))).toEqual([
      400,
      'invalid_grant',
    ]);
    expect((await party.redeem({ code, verifier })).status).toBe(200);
  });

  it('that registered no keys is not written', async () => {
    const document = { ...FapiParty.document(party.key, SIGNING), jwks: undefined };
    const body = JSON.stringify(document);
    expect(outcome(await send('POST', `${server.admin}/admin/clients`, { body }))).toEqual([
      400,
      'invalid_client_metadata',
    ]);
  });

  describe('that registered how its responses are signed', () => {
    let own: FapiParty;

    beforeAll(async () => {
      own = await FapiParty.register(server, { ...SIGNING, authorization_signed_response_alg: 'PS256' });
    });

    const responseOf = async (browser: Promise<{ parameters: Record<string, string> }>) => {
      const { parameters } = await browser;
      expect(Object.keys(parameters)).toEqual(['response']);
      const jwks = (await send('GET', `${server.public}/.well-known/jwks.json`)).json as unknown as JSONWebKeySet;
      const verified = await jwtVerify(parameters.response ?? '', createLocalJWKSet(jwks), {
        issuer: ISSUER,
        audience: own.clientId,
        algorithms: ['PS256'],
      });
      expect(verified.protectedHeader.kid).toBeDefined();
      expect((verified.payload.exp ?? 0) - epoch()).toBeGreaterThan(10);
      return verified.payload;
    };

    it('gets its code in a JWT, and its errors too', async () => {
      const { parameters, verifier } = request({ response_mode: 'jwt' });
      const uri = await own.pushed({ request: await own.object(parameters) });
      const { code, state } = await responseOf(own.visit(uri));
      expect(state).toBe(parameters.state);
      expect((await own.redeem({ code: String(code), verifier })).status).toBe(200);
      const silent = request({ response_mode: 'jwt', prompt: 'none' });
      const asked = await own.pushed({ request: await own.object(silent.parameters) });
      expect(await responseOf(own.visit(asked))).toMatchObject({
        error: 'login_required',
        state: silent.parameters.state,
      });
    });

    it('gets no other response', async () => {
      for (const response_mode of [undefined, 'query', 'form_post']) {
        const refused = await push({}, own, request({ response_mode }).parameters);
        expect(outcome(refused), response_mode).toEqual([400, 'invalid_request']);
      }
    });
  });
});

describe('a server with the profile as its floor', () => {
  let database: TestDatabase;
  let before: TestServer;
  const oauth2 = { pushed_authorization_requests: { enabled: true }, dpop: { enabled: true } };
  const settings = { keys: { algorithm: 'ES256' }, oauth2: { ...oauth2, security_profile: 'fapi-2.0' } };

  beforeAll(async () => {
    database = await freshDatabase();
    before = await startTestServer(database.dsn, { keys: { algorithm: 'ES256' }, oauth2 });
  });
  afterAll(async () => {
    await before.stop();
    await database.drop();
  });

  it('holds its rules for clients that were registered before', async () => {
    const usual = { security_profile: undefined };
    const party = await FapiParty.register(before, usual);
    const lax = await FapiParty.register(before, { ...usual, dpop_bound_access_tokens: undefined });
    const rs256 = await FapiParty.register(before, usual, 'RS256');
    const secret = await send('POST', `${before.admin}/admin/clients`, {
      body: JSON.stringify({ grant_types: ['client_credentials'], scope: 'photos' }),
    });
    const server = await startTestServer(database.dsn, settings);
    try {
      const tokens = await party.at(server).tokens();
      expect((await party.at(server).refresh(tokens.refresh_token ?? '')).json.refresh_token).toBe(
        tokens.refresh_token,
      );
      const credentials = { grant_type: 'client_credentials' };
      expect(outcome(await lax.at(server).token(credentials, { proofKey: null }))).toEqual([400, 'invalid_dpop_proof']);
      expect((await lax.at(server).token(credentials)).status).toBe(200);
      expect(outcome(await rs256.at(server).token(credentials))).toEqual([401, 'invalid_client']);
      const pair = `${String(secret.json.client_id)}:${String(secret.json.client_secret)}`;
      const headers = { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
      const body = new URLSearchParams(credentials);
      expect((await send('POST', `${before.public}/oauth2/token`, { body, headers })).status).toBe(200);
      expect(outcome(await send('POST', `${server.public}/oauth2/token`, { body, headers }))).toEqual([
        401,
        'invalid_client',
      ]);
      const plain = new URLSearchParams({
        client_id: party.clientId,
        response_type: 'code',
        redirect_uri: FAPI_CALLBACK,
      });
      const { headers: asked } = await new CookieBrowser(server).go(
        `/oauth2/auth?${plain.toString()}&state=a-long-state`,
      );
      expect(new URL(asked.get('location') ?? '').searchParams.get('error')).toBe('invalid_request');
    } finally {
      await server.stop();
    }
  });

  it('names in discovery what its clients may use', async () => {
    const server = await startTestServer(database.dsn, settings);
    try {
      const { json } = await send('GET', `${server.public}/.well-known/openid-configuration`);
      expect(json).toMatchObject({
        pushed_authorization_request_endpoint: `${ISSUER}/oauth2/par`,
        require_pushed_authorization_requests: true,
        authorization_response_iss_parameter_supported: true,
        response_types_supported: ['code'],
        code_challenge_methods_supported: ['S256'],
        token_endpoint_auth_signing_alg_values_supported: ['PS256', 'ES256', 'EdDSA'],
        id_token_signing_alg_values_supported: ['ES256'],
        request_uri_parameter_supported: false,
      });
      expect(json.token_endpoint_auth_methods_supported).not.toContain('client_secret_basic');
      expect(json.token_endpoint_auth_methods_supported).not.toContain('none');
      expect(json.token_endpoint_auth_methods_supported).toContain('private_key_jwt');
      expect(json.grant_types_supported).not.toContain('implicit');
      expect(json.scopes_supported).toContain('openid');
      expect(json.require_signed_request_object).toBeUndefined();
    } finally {
      await server.stop();
    }
  });

  it.each([
    [{ dpop: { enabled: true } }, 'oauth2.pushed_authorization_requests.enabled'],
    [{ pushed_authorization_requests: { enabled: true } }, 'oauth2.dpop.enabled'],
  ])('does not start with %j alone', async (own, key) => {
    const refused = startTestServer(database.dsn, { ...settings, oauth2: { ...own, security_profile: 'fapi-2.0' } });
    await expect(refused).rejects.toThrow(key);
  });

  it('does not start without a key that may sign', async () => {
    const other = await freshDatabase();
    try {
      const refused = startTestServer(other.dsn, { ...settings, keys: { algorithm: 'RS256' } });
      await expect(refused).rejects.toThrow('keys.algorithm');
    } finally {
      await other.drop();
    }
  });
});
