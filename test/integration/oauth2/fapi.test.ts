/** FAPI 2.0 Security Profile with DPoP, rule by rule, as a certification suite asks. The profile is that of the client. */
import { decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CookieBrowser } from '../../support/cookie-browser.js';
import { epoch, FAPI_CALLBACK, FapiParty, partyKey, request } from '../../support/fapi-party.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { withClient } from '../../support/postgres-service.js';
import { type Answer, send } from '../../support/send.js';
import { ISSUER, startTestServer, type TestServer } from '../../support/server.js';

const TOKEN_URL = `${ISSUER}/oauth2/token`;
const modern = {
  keys: { algorithm: 'ES256' },
  oauth2: {
    pushed_authorization_requests: { enabled: true },
    dpop: { enabled: true },
    userinfo: { token_in_query: true },
  },
  ttl: { auth_code: '10m', pushed_authorization_request: '9m' },
};

const outcome = ({ status, json }: Answer): [number, unknown] => [status, json.error];

describe('a client under FAPI 2.0', () => {
  let database: TestDatabase;
  let server: TestServer;
  let party: FapiParty;

  beforeAll(async () => {
    database = await freshDatabase();
    server = await startTestServer(database.dsn, modern);
    party = await FapiParty.register(server);
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  /** The error at the redirect URI, or on the error page. */
  const errorOf = async (address: string): Promise<string | null | undefined> => {
    const { headers } = await new CookieBrowser(server).go(address);
    return new URL(headers.get('location') ?? ISSUER).searchParams.get('error');
  };

  it.each(['ES256', 'PS256'])('gets tokens that are bound, with assertions signed with %s', async (alg) => {
    const own = await FapiParty.register(server, {}, alg);
    const { parameters, verifier } = request();
    const { status, json } = await own.push(parameters);
    expect([status, Object.keys(json)]).toEqual([201, ['request_uri', 'expires_in']]);
    const end = await own.visit(json.request_uri as string);
    expect(end.url?.href.startsWith(`${FAPI_CALLBACK}?`)).toBe(true);
    expect([end.status, Object.keys(end.parameters).sort()]).toEqual([303, ['code', 'iss', 'scope', 'state']]);
    expect([end.parameters.iss, end.parameters.state]).toEqual([ISSUER, parameters.state]);
    const tokens = await own.redeem({ code: end.parameters.code ?? '', verifier });
    expect([tokens.status, tokens.json.token_type]).toEqual([200, 'DPoP']);
    expect(tokens.headers.get('cache-control')).toContain('no-store');
    const { access_token: access = '', id_token: idToken = '' } = tokens.json as Record<string, string>;
    expect(await own.introspect(access)).toMatchObject({ active: true, cnf: { jkt: await own.thumbprint() } });
    expect(decodeProtectedHeader(idToken).alg).toBe('ES256');
    const userinfo = await own.userinfo(access);
    expect([userinfo.status, userinfo.json.sub, userinfo.headers.has('date')]).toEqual([200, 'alice', true]);
    for (const scheme of ['dpop', 'DPOP']) expect((await own.userinfo(access, scheme)).status).toBe(200);
  });

  describe('pushes', () => {
    it('and asks in no other way', async () => {
      const { parameters } = request();
      const query = new URLSearchParams({ client_id: party.clientId, ...(parameters as Record<string, string>) });
      expect(await errorOf(`/oauth2/auth?${query.toString()}`)).toBe('invalid_request');
      query.set('request', await party.object(parameters));
      expect(await errorOf(`/oauth2/auth?${query.toString()}`)).toBe('invalid_request');
    });

    it.each<[string, Record<string, string | undefined>, string]>([
      ['without PKCE', { code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
      ['with the challenge as it is', { code_challenge_method: 'plain' }, 'invalid_request'],
      ['without a method', { code_challenge_method: undefined }, 'invalid_request'],
      ['without redirect_uri', { redirect_uri: undefined }, 'invalid_request'],
      ['without redirect_uri and openid', { redirect_uri: undefined, scope: 'photos' }, 'invalid_request'],
      ['with an unregistered redirect_uri', { redirect_uri: 'https://evil.example/cb' }, 'invalid_request'],
      ['with a longer redirect_uri', { redirect_uri: `${FAPI_CALLBACK}/more` }, 'invalid_request'],
      ['for an ID token too', { response_type: 'code id_token' }, 'unsupported_response_type'],
      ['for a token', { response_type: 'token' }, 'unsupported_response_type'],
      ['of a pushed one', { request_uri: 'urn:ietf:params:oauth:request_uri:x' }, 'invalid_request'],
      ['for a scope that it has not', { scope: 'openid admin' }, 'invalid_scope'],
    ])('no request %s', async (_, over, code) => {
      expect(outcome(await party.push(request(over).parameters))).toEqual([
        code === 'invalid_client' ? 401 : 400,
        code,
      ]);
    });

    it.each<[string, Record<string, string | undefined>]>([
      ['without state', { state: undefined }],
      ['without nonce', { nonce: undefined }],
      ['with a nonce of 64 characters', { nonce: 'n'.repeat(64) }],
      ['with long values', { nonce: 'n'.repeat(384), state: 's'.repeat(384) }],
      ['with its scopes in another order', { scope: 'offline_access photos openid' }],
      ['with prompt and max_age', { prompt: 'login', max_age: '60' }],
    ])('a request %s', async (_, over) => {
      const { parameters, verifier } = request(over);
      const end = await party.visit(await party.pushed(parameters));
      expect([end.parameters.state, end.parameters.error]).toEqual([parameters.state, undefined]);
      expect((await party.redeem({ code: end.parameters.code ?? '', verifier })).status).toBe(200);
    });

    it.each<[string, object]>([
      ['the token endpoint', { aud: TOKEN_URL }],
      ['the endpoint of the push', { aud: `${ISSUER}/oauth2/par` }],
      ['the issuer in a list', { aud: [ISSUER] }],
      ['both in a list', { aud: [ISSUER, TOKEN_URL] }],
      ['another server', { aud: 'https://other.example' }],
      ['nobody', { aud: undefined }],
    ])('with no assertion for %s', async (_, over) => {
      const assertion = over as Record<string, unknown>;
      expect(outcome(await party.push(request().parameters, { assertion }))).toEqual([401, 'invalid_client']);
      expect(outcome(await party.token({ grant_type: 'client_credentials' }, { assertion }))).toEqual([
        ...[401, 'invalid_client'],
      ]);
    });

    it('with assertions whose times are right', async () => {
      const at = epoch();
      for (const assertion of [{ nbf: at + 8 }, { iat: at + 8 }, { nbf: at - 30, iat: at - 30 }]) {
        expect((await party.push(request().parameters, { assertion })).status, JSON.stringify(assertion)).toBe(201);
      }
      const wrong = [{ nbf: at + 70 }, { iat: at + 70 }, { exp: at - 300 }, { exp: undefined }, { sub: undefined }];
      for (const assertion of [...wrong, { iss: 'other' }, { jti: undefined }]) {
        const refused = await party.push(request().parameters, { assertion });
        expect(outcome(refused), JSON.stringify(assertion)).toEqual([401, 'invalid_client']);
      }
    });

    it('with no assertion of another algorithm, another key or none', async () => {
      for (const alg of ['RS256', 'PS256', 'ES384', 'ES256']) {
        const key = await partyKey(alg, 'client');
        expect(outcome(await party.push(request().parameters, { key })), alg).toEqual([401, 'invalid_client']);
      }
      const form = { client_assertion: undefined, client_assertion_type: undefined };
      expect(outcome(await party.push(request().parameters, { form }))).toEqual([401, 'invalid_client']);
    });

    it('by POST alone', async () => {
      for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
        const { status, headers } = await send(method, `${server.public}/oauth2/par`);
        expect([status, headers.get('allow')], method).toEqual([405, 'POST']);
      }
    });

    it('what counts, whatever stands beside the reference', async () => {
      const { parameters, verifier } = request({ state: undefined });
      const beside = new URLSearchParams({
        state: 'outside',
        nonce: 'outside',
        scope: 'photos',
        redirect_uri: 'https://evil.example/',
      });
      const address = `${party.address(await party.pushed(parameters))}&${beside.toString()}`;
      const { parameters: end } = await new CookieBrowser(server).walk(address);
      expect([end.state, end.scope]).toEqual([undefined, 'openid offline_access']);
      expect((await party.redeem({ code: end.code ?? '', verifier })).status).toBe(200);
    });
  });

  describe('has a reference', () => {
    it('that a page may open twice before the login, and that gives one response', async () => {
      const uri = await party.pushed(request().parameters);
      const browser = new CookieBrowser(server);
      for (let i = 0; i < 2; i++)
        expect((await browser.walk(party.address(uri), { until: 'login' })).login).toBeDefined();
      expect((await party.visit(uri, browser)).parameters.code).toBeDefined();
      expect(await errorOf(party.address(uri))).toBe('invalid_request_uri');
    });

    it('that serves no other client', async () => {
      const other = await FapiParty.register(server);
      const uri = await party.pushed(request().parameters);
      expect(await errorOf(other.address(uri))).toBe('invalid_request_uri');
      expect((await party.visit(uri)).parameters.code).toBeDefined();
    });
  });

  describe('redeems', () => {
    it('with its proof, its verifier and its credentials, and every refusal spends nothing', async () => {
      const got = await party.code();
      const other = await FapiParty.register(server);
      expect(outcome(await other.redeem(got))).toEqual([400, 'invalid_grant']);
      const refusals: [Parameters<FapiParty['redeem']>[1], number, string][] = [
        [{ proofKey: null }, 400, 'invalid_dpop_proof'],
        [{ form: { code_verifier: undefined } }, 400, 'invalid_grant'],
        [{ form: { code_verifier: 'v'.repeat(43) } }, 400, 'invalid_grant'],
        [{ form: { redirect_uri: 'https://app.example/other' } }, 400, 'invalid_grant'],
        [{ form: { client_assertion: undefined, client_assertion_type: undefined } }, 401, 'invalid_client'],
        [{ proof: { htu: `${ISSUER}/oauth2/par` } }, 400, 'invalid_dpop_proof'],
        [{ proof: { iat: epoch() - 3_600 } }, 400, 'invalid_dpop_proof'],
      ];
      for (const [sending, ...expected] of refusals) {
        expect(outcome(await party.redeem(got, sending)), JSON.stringify(sending)).toEqual(expected);
      }
      expect((await party.redeem(got)).status).toBe(200);
    });

    it('a code once, and a second use ends its tokens', async () => {
      const got = await party.code();
      const { json } = await party.redeem(got);
      const access = String(json.access_token);
      await expect.poll(async () => outcome(await party.redeem(got))).toEqual([400, 'invalid_grant']);
      await expect
        .poll(async () => {
          await party.redeem(got);
          return party.introspect(access);
        })
        .toEqual({ active: false });
    });

    it.each([-10, 10])('with a proof that was made %d seconds from now', async (seconds) => {
      const proof = { iat: epoch() + seconds };
      expect((await party.redeem(await party.code(), { proof })).status).toBe(200);
    });

    it('with a proof that has nbf and exp', async () => {
      const at = epoch();
      const token = (proof: object) =>
        party.token({ grant_type: 'client_credentials' }, { proof: proof as Record<string, unknown> });
      expect((await token({ nbf: at - 10, exp: at + 60 })).status).toBe(200);
      expect(outcome(await token({ exp: at - 600 }))).toEqual([400, 'invalid_dpop_proof']);
      expect(outcome(await token({ nbf: at + 600 }))).toEqual([400, 'invalid_dpop_proof']);
    });

    it('no code after a minute, however long codes live elsewhere', async () => {
      const keepsOf = async (own: FapiParty): Promise<number> => {
        const got = await own.code();
        const { rows } = await withClient(database.dsn, (client) =>
          client.query<{ seconds: number }>(
            'select extract(epoch from code_expires_at - created_at)::float as seconds from authorization_grant order by created_at desc limit 1',
          ),
        );
        expect(got.code).toBeDefined();
        return rows[0]?.seconds ?? 0;
      };
      expect(await keepsOf(party)).toBe(60);
      const usual = await FapiParty.register(server, { security_profile: undefined });
      expect(await keepsOf(usual)).toBe(600);
    });
  });

  describe('binds a code to a key', () => {
    const own = () => ({ proofKey: party.proofKey });

    it('by a proof at the push, or by its thumbprint', async () => {
      const other = await partyKey();
      const jkt = await party.thumbprint();
      for (const [over, sending] of [
        [{}, own()],
        [{ dpop_jkt: jkt }, {}],
        [{ dpop_jkt: jkt }, own()],
      ] as const) {
        const got = await party.code(over, sending);
        expect(outcome(await party.redeem(got, { proofKey: other }))).toEqual([400, 'invalid_grant']);
        expect((await party.redeem(got)).status).toBe(200);
      }
    });

    it('but not to two', async () => {
      const dpop_jkt = await party.thumbprint(await partyKey());
      const refused = await party.push(request({ dpop_jkt }).parameters, own());
      expect(outcome(refused)).toEqual([400, 'invalid_dpop_proof']);
    });
  });

  describe('refreshes', () => {
    it('with the same token, again and again; each needs a proof and credentials', async () => {
      const { refresh_token: token = '', access_token: first = '' } = await party.tokens();
      const seen = new Set<unknown>([first]);
      for (let i = 0; i < 3; i++) {
        const { status, json } = await party.refresh(token);
        expect([status, json.refresh_token, json.token_type]).toEqual([200, token, 'DPoP']);
        seen.add(json.access_token);
      }
      expect(seen.size).toBe(4);
      for (const access of seen) expect(await party.introspect(String(access))).toMatchObject({ active: true });
      expect(outcome(await party.refresh(token, { proofKey: null }))).toEqual([400, 'invalid_dpop_proof']);
      const form = { client_assertion: undefined, client_assertion_type: undefined };
      expect(outcome(await party.refresh(token, { form }))).toEqual([401, 'invalid_client']);
      const stranger = await FapiParty.register(server);
      expect(outcome(await stranger.refresh(token))).toEqual([400, 'invalid_grant']);
      expect((await party.refresh(token, { proofKey: await partyKey() })).status).toBe(200);
    });

    it('at the same moment, as often as it likes', async () => {
      const { refresh_token: token = '' } = await party.tokens();
      const answers = await Promise.all(Array.from({ length: 20 }, () => party.refresh(token)));
      expect(new Set(answers.map(({ status, json }) => `${status} ${String(json.refresh_token)}`))).toEqual(
        new Set([`200 ${token}`]),
      );
      expect(new Set(answers.map(({ json }) => json.access_token)).size).toBe(20);
    });

    it('with each proof once', async () => {
      const { refresh_token: token = '' } = await party.tokens();
      const proof = { jti: 'the only one' };
      expect((await party.refresh(token, { proof })).status).toBe(200);
      expect(outcome(await party.refresh(token, { proof }))).toEqual([400, 'invalid_dpop_proof']);
      expect((await party.refresh(token)).status).toBe(200);
    });

    it('for a part of the scope, which narrows no other token', async () => {
      const { refresh_token: token = '' } = await party.tokens({ scope: 'openid offline_access photos' });
      const form = { grant_type: 'refresh_token', refresh_token: token };
      expect((await party.token({ ...form, scope: 'photos' })).json.scope).toBe('photos');
      expect((await party.token(form)).json.scope).toBe('openid offline_access photos');
      expect(outcome(await party.token({ ...form, scope: 'admin' }))).toEqual([400, 'invalid_scope']);
      expect((await party.token(form)).status).toBe(200);
    });

    it('not after a revocation, and not what expired', async () => {
      const { refresh_token: token = '', access_token: access = '' } = await party.tokens();
      const { json } = await party.refresh(token);
      await withClient(database.dsn, (client) =>
        client.query("update refresh_chain set expires_at = now() - interval '1 second'"),
      );
      expect(outcome(await party.refresh(token))).toEqual([400, 'invalid_grant']);
      await withClient(database.dsn, (client) => client.query('update refresh_chain set expires_at = null'));
      expect((await party.refresh(token)).status).toBe(200);
      const body = new URLSearchParams({ token, ...(await party.credentials()) });
      expect((await send('POST', `${server.public}/oauth2/revoke`, { body })).status).toBe(200);
      expect(outcome(await party.refresh(token))).toEqual([400, 'invalid_grant']);
      for (const one of [access, String(json.access_token)])
        expect(await party.introspect(one)).toEqual({ active: false });
    });

    it('a rotated token of the time before its profile is used up', async () => {
      const before = await FapiParty.register(server, { security_profile: undefined });
      const { refresh_token: first = '' } = await before.tokens();
      const { refresh_token: second } = (await before.refresh(first)).json as Record<string, string>;
      expect(second).not.toBe(first);
      const document = FapiParty.document(before.key);
      await send('PUT', `${server.admin}/admin/clients/${before.clientId}`, { body: JSON.stringify(document) });
      expect((await before.refresh(second ?? '')).json.refresh_token).toBe(second);
      expect((await before.refresh(second ?? '')).json.refresh_token).toBe(second);
      expect(outcome(await before.refresh(first))).toEqual([400, 'invalid_grant']);
    });
  });

  it('gets no token without a proof, whatever the grant', async () => {
    const refused = await party.token({ grant_type: 'client_credentials' }, { proofKey: null });
    expect(outcome(refused)).toEqual([400, 'invalid_dpop_proof']);
    const { status, json } = await party.token({ grant_type: 'client_credentials' });
    expect([status, json.token_type]).toEqual([200, 'DPoP']);
  });

  it('proves itself with the algorithms of the profile only', async () => {
    const proofKey = await partyKey('ES384');
    const refused = await party.token({ grant_type: 'client_credentials' }, { proofKey });
    expect(outcome(refused)).toEqual([400, 'invalid_dpop_proof']);
    for (const alg of ['PS256', 'EdDSA']) {
      const one = await partyKey(alg);
      expect((await party.token({ grant_type: 'client_credentials' }, { proofKey: one })).status, alg).toBe(200);
    }
  });

  it('takes its token to userinfo in no other way', async () => {
    const { access_token: access = '' } = await party.tokens();
    const ask = (headers: Record<string, string>, query = '') =>
      send('GET', `${server.public}/userinfo${query}`, { headers });
    expect((await ask({ authorization: `Bearer ${access}` })).status).toBe(401);
    expect((await ask({}, `?access_token=${access}`)).status).toBe(401);
    expect((await ask({ authorization: `DPoP ${access}` })).status).toBe(401);
    expect((await party.userinfo(access)).status).toBe(200);
  });

  describe('is written only if it conforms', () => {
    it.each<[object, string]>([
      [{ token_endpoint_auth_method: 'client_secret_basic' }, 'token_endpoint_auth_method'],
      [{ token_endpoint_auth_method: 'none' }, 'token_endpoint_auth_method'],
      [{ token_endpoint_auth_signing_alg: 'RS256' }, 'token_endpoint_auth_signing_alg'],
      [{ request_object_signing_alg: 'RS256' }, 'request_object_signing_alg'],
      [{ id_token_signed_response_alg: 'RS256' }, 'id_token_signed_response_alg'],
      [{ response_types: ['code', 'token'] }, 'response_types'],
      [{ grant_types: ['authorization_code', 'implicit'] }, 'grant_types'],
      [{ redirect_uris: ['http://app.example/cb'] }, 'redirect_uris'],
      [{ dpop_bound_access_tokens: false }, 'dpop_bound_access_tokens'],
      [{ security_profile: 'fapi-9' }, 'security_profile'],
    ])('%j', async (over, member) => {
      const document = FapiParty.document(party.key, over as Record<string, unknown>);
      const body = JSON.stringify(document);
      for (const answer of [
        await send('POST', `${server.admin}/admin/clients`, { body }),
        await send('PUT', `${server.admin}/admin/clients/${party.clientId}`, { body }),
      ]) {
        expect(outcome(answer)).toEqual([400, 'invalid_client_metadata']);
        expect(answer.text).toContain(`'${member}'`);
      }
    });

    it('and shows its profile, which a patch may not weaken into a fault', async () => {
      const address = `${server.admin}/admin/clients/${party.clientId}`;
      expect((await send('GET', address)).json.security_profile).toBe('fapi-2.0');
      const body = JSON.stringify([{ op: 'replace', path: '/token_endpoint_auth_method', value: 'none' }]);
      const refused = await send('PATCH', address, {
        body,
        headers: { 'content-type': 'application/json-patch+json' },
      });
      expect(outcome(refused)).toEqual([400, 'invalid_client_metadata']);
    });
  });
});
