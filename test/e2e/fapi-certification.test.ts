/**
 * The published modules of the conformance suite for FAPI 2.0, played by a stranger over https: the names of the tests are those of
 * the modules, without their prefix `fapi2-security-profile-final-`. Modules of Message Signing are in a file of their own.
 */
import { createHmac } from 'node:crypto';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { connect } from 'node:tls';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askTls, type TlsAnswer } from '../support/ask-tls.js';
import { certificate } from '../support/certificates.js';
import { ProofKey } from '../support/dpop-client.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { certifiedSettings, MESSAGE_SIGNING_SITES, SECURITY_PROFILE_SITES } from './support/certified.js';
import { type HttpsSite, startHttpsSite } from './support/https-site.js';
import { CALLBACK, type Deviation, epoch, type Form, Stranger } from './support/stranger.js';

const outcome = ({ status, json }: TlsAnswer): [number, unknown] => [status, json.error];
const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe.each([...SECURITY_PROFILE_SITES, ...MESSAGE_SIGNING_SITES])('$name ($floor)', ({ floor, variants }) => {
  let database: TestDatabase;
  let site: HttpsSite;

  beforeAll(async () => {
    database = await freshDatabase();
    site = await startHttpsSite(database.dsn, certifiedSettings(floor));
  });
  afterAll(async () => {
    await site.server.stop();
    await database.drop();
  });

  it('discovery-end-point-verification', async () => {
    const { status, json } = await askTls(`${site.issuer}/.well-known/openid-configuration`, { ca: site.ca });
    expect([status, json.issuer]).toEqual([200, site.issuer]);
    for (const name of ['authorization', 'token', 'pushed_authorization_request', 'userinfo', 'revocation']) {
      expect(json[`${name}_endpoint`], name).toMatch(`${site.issuer}/`);
    }
    expect(json.jwks_uri).toMatch(`${site.issuer}/`);
    for (const address of Object.values(json.mtls_endpoint_aliases as object)) expect(address).toMatch(`${site.mtls}/`);
    expect(json).toMatchObject({
      ...{ tls_client_certificate_bound_access_tokens: true, authorization_response_iss_parameter_supported: true },
      response_types_supported: expect.arrayContaining(['code']) as unknown,
      grant_types_supported: expect.arrayContaining(['authorization_code']) as unknown,
      code_challenge_methods_supported: expect.arrayContaining(['S256']) as unknown,
      dpop_signing_alg_values_supported: expect.arrayContaining(['PS256', 'ES256']) as unknown,
      token_endpoint_auth_signing_alg_values_supported: expect.arrayContaining(['PS256', 'ES256']) as unknown,
      request_object_signing_alg_values_supported: expect.arrayContaining(['PS256', 'ES256']) as unknown,
      authorization_signing_alg_values_supported: expect.arrayContaining(['PS256']) as unknown,
      token_endpoint_auth_methods_supported: expect.arrayContaining([
        ...['private_key_jwt', 'self_signed_tls_client_auth'],
      ]) as unknown,
    });
    if (floor) {
      const lists = Object.entries(json).filter(([name]) => /_signing_alg_values_supported$/.test(name));
      for (const [name, algorithms] of lists) {
        for (const alg of ['RS256', 'HS256', 'ES384']) expect(algorithms, name).not.toContain(alg);
      }
    }
  });

  it('TLS 1.2 with ciphers of BCP 195, or later; nothing in clear', async () => {
    const offers = async (options: object): Promise<string> => {
      const { port } = new URL(site.issuer);
      const socket = connect({
        host: '127.0.0.1',
        port: Number(port),
        servername: 'localhost',
        ca: site.ca.cert,
        ...options,
      });
      const failed = once(socket, 'error').then(() => 'refused');
      const made = once(socket, 'secureConnect').then(() => socket.getProtocol() ?? '');
      made.catch(() => undefined);
      const end = await Promise.race([made, failed]);
      socket.destroy();
      return end;
    };
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
    expect(await offers(old)).toBe('refused');
    const tls12 = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' };
    expect(await offers({ ...tls12, ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' })).toBe('TLSv1.2');
    const weak = [
      'ECDHE-ECDSA-AES128-SHA256',
      'ECDHE-ECDSA-AES256-SHA',
      'AES128-GCM-SHA256',
      'DHE-RSA-AES128-GCM-SHA256',
    ];
    for (const ciphers of [...weak, ...(floor ? ['ECDHE-ECDSA-CHACHA20-POLY1305'] : [])]) {
      expect(await offers({ ...tls12, ciphers }), ciphers).toBe('refused');
    }
    expect(await offers({ minVersion: 'TLSv1.3' })).toBe('TLSv1.3');
    const plain = await askTls(`${site.issuer.replace('https:', 'http:')}/.well-known/openid-configuration`);
    expect(plain.status).toBeGreaterThanOrEqual(400);
  });

  describe.each(variants)('$name', (variant) => {
    const isDpop = variant.binding === 'dpop';
    const isAssertion = variant.authentication === 'private_key_jwt';
    let one: Stranger;
    let two: Stranger;

    beforeAll(async () => {
      [one, two] = await Promise.all([Stranger.register(site, variant), Stranger.register(site, variant)]);
    });

    /** How the token endpoint and the push refuse a request without its sender. */
    const unbound = isDpop ? [400, 'invalid_dpop_proof'] : [400, 'invalid_request'];
    const stolen: Deviation = isDpop ? { proofKey: null } : { by: null };

    it('happy-flow', async () => {
      const { parameters, verifier } = one.request();
      const { status, json, headers } = await one.push(parameters);
      expect([status, Object.keys(json).sort()]).toEqual([201, ['expires_in', 'request_uri']]);
      expect(json.request_uri).toMatch(/^urn:ietf:params:oauth:request_uri:[\w-]{20,}$/);
      expect(json.expires_in).toBeLessThan(600);
      expect(headers['cache-control']).toContain('no-store');
      const end = await one.visit(String(json.request_uri));
      expect(end.status).toBe(303);
      expect(end.url?.href.startsWith(`${CALLBACK}?`)).toBe(true);
      const { code, state, iss } = one.read(end);
      expect([state, iss]).toEqual([parameters.state, site.issuer]);
      const tokens = await one.redeem({ code: String(code), verifier });
      expect(tokens.status, tokens.text).toBe(200);
      expect(tokens.headers['cache-control']).toContain('no-store');
      expect(String(tokens.json.token_type).toLowerCase()).toBe(isDpop ? 'dpop' : 'bearer');
      expect(tokens.json.expires_in).toBeGreaterThan(0);
      const keys = (await askTls(String(one.discovery.jwks_uri), { ca: site.ca })).json as unknown as JSONWebKeySet;
      const { payload } = await jwtVerify(String(tokens.json.id_token), createLocalJWKSet(keys), {
        ...{ issuer: site.issuer, audience: one.clientId, algorithms: ['PS256', 'ES256', 'EdDSA'] },
      });
      expect(payload.nonce).toBe(parameters.nonce);
      const { cnf } = await one.introspect(tokens.json.access_token);
      expect(cnf).toEqual(isDpop ? { jkt: one.proofKey.jkt } : { 'x5t#S256': one.certificate.thumbprint });
      const resource = await one.userinfo(tokens.json.access_token);
      expect([resource.status, resource.json.sub]).toEqual([200, payload.sub]);
    });

    it('user-rejects-authentication', async () => {
      const { parameters } = one.request();
      const browser = one.browser();
      const { login } = await browser.walk(one.address(await one.pushed(parameters)), { until: 'login' });
      const address = await browser.reject('login', String(login?.challenge), { error: 'access_denied' });
      const { error, state, iss, code } = one.read(await browser.walk(address));
      expect([error, state, iss, code]).toEqual(['access_denied', parameters.state, site.issuer, undefined]);
    });

    describe('requests', () => {
      const errorAt = async (address: string): Promise<unknown> => {
        const { parameters } = await one.browser().walk(address);
        return parameters.error ?? one.read({ parameters }).error;
      };

      it('par-attempt-reuse-request_uri', async () => {
        const uri = await one.pushed();
        expect(one.read(await one.visit(uri)).code).toBeDefined();
        expect(await errorAt(one.address(uri))).toBe('invalid_request_uri');
      });

      it('par-attempt-to-use-request_uri-for-different-client', async () => {
        const uri = await one.pushed();
        expect(await errorAt(two.address(uri))).toBe('invalid_request_uri');
        expect(one.read(await one.visit(uri)).code).toBeDefined();
      });

      it('par-attempt-invalid-http-method', async () => {
        for (const method of ['GET', 'PUT', 'DELETE']) {
          const url = one.endpoint('pushed_authorization_request');
          const { status, headers } = await askTls(url, { method, ca: site.ca, by: one.certificate });
          expect([status, headers.allow], method).toEqual([405, 'POST']);
        }
      });

      it('par-authorization-request-containing-request_uri', async () => {
        const form = { request_uri: await one.pushed() };
        expect(outcome(await one.push(one.request().parameters, { form }))).toEqual([400, 'invalid_request']);
      });

      it('ensure-unsigned-authorization-request-without-using-par-fails', async () => {
        const query = { client_id: one.clientId, ...(one.request().parameters as Record<string, string>) };
        const at = (more: Record<string, string> = {}) =>
          `${site.issuer}/oauth2/auth?${new URLSearchParams({ ...query, ...more }).toString()}`;
        expect(await errorAt(at())).toBe('invalid_request');
        expect(await errorAt(at({ request: one.object(query) }))).toMatch(/^invalid_request/);
        expect(await errorAt(at({ request_uri: 'https://app.example/request.jwt' }))).toMatch(/^invalid_request/);
      });

      it.each<[string, Form, string]>([
        ['ensure-pkce-required', { code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
        ['par-plain-pkce-rejected', { code_challenge_method: 'plain' }, 'invalid_request'],
        ['par-pkce-without-method-rejected', { code_challenge_method: undefined }, 'invalid_request'],
        ['ensure-redirect-uri-in-authorization-request', { redirect_uri: undefined }, 'invalid_request'],
        ['ensure-registered-redirect-uri', { redirect_uri: 'https://app.example/other' }, 'invalid_request'],
        ['ensure-registered-redirect-uri (a query)', { redirect_uri: `${CALLBACK}?a=b` }, 'invalid_request'],
        ['ensure-registered-redirect-uri (http)', { redirect_uri: 'http://app.example/cb' }, 'invalid_request'],
        ['response-type-code-idtoken-fails', { response_type: 'code id_token' }, 'unsupported_response_type'],
        ['response-type-token-fails', { response_type: 'token' }, 'unsupported_response_type'],
        ['response-type-missing-fails', { response_type: undefined }, 'unsupported_response_type'],
      ])('%s', async (_, over, code) => {
        const answer = await one.push(one.request(over).parameters);
        expect(outcome(answer), answer.text).toEqual([400, code]);
      });

      it.each<[string, Form]>([
        ['ensure-authorization-request-without-state-success', { state: undefined }],
        ['ensure-authorization-request-without-nonce-success', { nonce: undefined }],
        ['ensure-authorization-request-with-long-nonce', { nonce: 'n'.repeat(384) }],
        ['ensure-authorization-request-with-long-state', { state: 's'.repeat(384) }],
        ['ensure-other-scope-order-succeeds', { scope: 'photos offline_access openid' }],
      ])('%s', async (_, over) => {
        const { parameters, verifier } = one.request(over);
        const { code, state } = one.read(await one.visit(await one.pushed(parameters)));
        expect(state).toBe(parameters.state);
        expect((await one.redeem({ code: String(code), verifier })).status).toBe(200);
      });

      it('different-nonce-and-state-inside-and-outside-request-object', async () => {
        const { parameters } = one.request();
        const beside = { state: 'outside', nonce: 'outside', scope: 'photos', redirect_uri: 'https://evil.example/' };
        const end = await one.browser().walk(one.address(await one.pushed(parameters), beside));
        expect(end.url?.href.startsWith(`${CALLBACK}?`)).toBe(true);
        expect(one.read(end).state).toBe(parameters.state);
        const none = one.request({ state: undefined });
        const second = await one.browser().walk(one.address(await one.pushed(none.parameters), beside));
        expect(one.read(second).state).toBeUndefined();
      });
    });

    if (isAssertion)
      describe('assertions', () => {
        const refused = async (deviation: Deviation): Promise<void> => {
          expect(outcome(await one.machine(deviation)), JSON.stringify(deviation)).toEqual([401, 'invalid_client']);
          const parameters = one.request().parameters;
          const pushed = one.post('pushed_authorization_request', parameters, { proofKey: null, ...deviation });
          expect(outcome(await pushed), JSON.stringify(deviation)).toEqual([401, 'invalid_client']);
        };

        it.each<[string, () => Record<string, unknown>]>([
          ['exp-is-5-minutes-in-past-fails', () => ({ exp: epoch() - 300 })],
          ['no-exp-fails', () => ({ exp: undefined })],
          ['no-sub-fails', () => ({ sub: undefined })],
          ['no-iss-fails', () => ({ iss: undefined })],
          ['no-jti-fails', () => ({ jti: undefined })],
          ['wrong-iss-fails', () => ({ iss: two.clientId })],
          ['wrong-aud-fails', () => ({ aud: 'https://other.example' })],
          ['par-endpoint-as-aud-fails', () => ({ aud: one.endpoint('pushed_authorization_request') })],
          ['token-endpoint-as-aud-fails', () => ({ aud: one.endpoint('token') })],
          ['aud-array-fails', () => ({ aud: [site.issuer] })],
          ['multiple-aud-fails', () => ({ aud: [site.issuer, one.endpoint('token')] })],
          ['nbf-more-than-60-seconds-in-future-fails', () => ({ nbf: epoch() + 70 })],
          ['iat-more-than-60-seconds-in-future-fails', () => ({ iat: epoch() + 70 })],
        ])('ensure-client-assertion-with-%s', async (_, assertion) => {
          await refused({ assertion: assertion() });
        });

        it.each<[string, () => Record<string, unknown>]>([
          ['iss-aud-succeeds', () => ({})],
          ['iat-is-8-seconds-in-future-succeeds', () => ({ iat: epoch() + 8 })],
          ['nbf-is-8-seconds-in-future-succeeds', () => ({ nbf: epoch() + 8 })],
        ])('client-assertion-with-%s', async (_, assertion) => {
          expect((await one.machine({ assertion: assertion() })).status).toBe(200);
          expect((await one.push(undefined, { assertion: assertion() })).status).toBe(201);
        });

        it('ensure-signed-client-assertion-with-RS256-fails, and with other keys and algorithms', async () => {
          for (const alg of ['RS256', 'PS256', 'ES256', 'ES384'] as const) await refused({ key: new ProofKey(alg) });
          await refused({ assertionHeader: { alg: 'none' } });
          await refused({ form: { client_assertion: one.assertion().replace(/[^.]+$/, '') } });
          const input = `${encoded({ alg: 'HS256', kid: 'client' })}.${one.assertion().split('.')[1] ?? ''}`;
          const mac = createHmac('sha256', JSON.stringify(one.key.jwk)).update(input).digest('base64url');
          await refused({ form: { client_assertion: `${input}.${mac}` } });
        });

        it('ensure-client-assertion-in-token-endpoint, used once', async () => {
          await refused({ form: { client_assertion: undefined, client_assertion_type: undefined } });
          const form = { client_assertion: one.assertion() };
          expect((await one.machine({ form })).status).toBe(200);
          expect((await one.machine({ form })).status).toBeGreaterThanOrEqual(400);
        });
      });

    describe('codes', () => {
      it('ensure-authorization-code-is-bound-to-client, and to its verifier and redirect URI; a refusal spends nothing', async () => {
        const got = await one.code();
        expect(outcome(await two.redeem(got))).toEqual([400, 'invalid_grant']);
        for (const form of [
          ...[{ code_verifier: undefined }, { code_verifier: 'v'.repeat(43) }, { redirect_uri: `${CALLBACK}/x` }],
        ] as Form[]) {
          expect(outcome(await one.redeem(got, { form })), JSON.stringify(form)).toEqual([400, 'invalid_grant']);
        }
        expect(outcome(await one.redeem(got, stolen))).toEqual(
          isDpop || isAssertion ? unbound : [401, 'invalid_client'],
        );
        expect((await one.redeem(got, { form: { client_id: two.clientId } })).status).toBeGreaterThanOrEqual(400);
        expect((await one.redeem(got)).status).toBe(200);
      });

      it('ensure-client-id-in-token-endpoint', async () => {
        const form = { client_id: undefined };
        const answer = await one.machine({ form });
        if (isAssertion) expect(answer.status).toBe(200);
        else expect(outcome(answer)).toEqual([400, 'invalid_request']); // a certificate alone names nobody
      });

      it('attempt-reuse-authorization-code-after-one-second', async () => {
        const got = await one.code();
        const { json } = await one.redeem(got);
        const again = async (): Promise<unknown> => {
          expect(outcome(await one.redeem(got))).toEqual([400, 'invalid_grant']);
          return (await one.userinfo(json.access_token)).status;
        };
        await expect.poll(again).toBe(401);
      });
    });

    describe('tokens', () => {
      it('ensure-holder-of-key-required', async () => {
        expect(outcome(await one.machine(stolen))).toEqual(isDpop || isAssertion ? unbound : [401, 'invalid_client']);
        const { access_token: token } = await one.tokens();
        const other = await certificate();
        const thefts: (Deviation & { scheme?: string })[] = isDpop
          ? [
              { proofKey: null },
              { proofKey: new ProofKey() },
              { scheme: 'Bearer' },
              { scheme: 'Bearer', proofKey: null },
            ]
          : [{ by: null }, { by: other }, { by: two.certificate }];
        for (const theft of thefts) expect((await one.userinfo(token, theft)).status, JSON.stringify(theft)).toBe(401);
        const query = `${one.endpoint('userinfo')}?access_token=${token ?? ''}`;
        expect((await askTls(query, { ca: site.ca, by: one.certificate })).status).toBe(401);
        const posted = { ca: site.ca, by: one.certificate, form: { access_token: token ?? '' } };
        if (isDpop) expect((await askTls(one.endpoint('userinfo'), posted)).status).toBe(401);
        expect((await one.userinfo(token)).status).toBe(200);
      });

      it('access-token-type-header-case-sensitivity', async () => {
        const { access_token: token } = await one.tokens();
        for (const scheme of isDpop ? ['dpop', 'DPOP', 'DpOp'] : ['bearer', 'BEARER', 'bEaReR']) {
          expect((await one.userinfo(token, { scheme })).status, scheme).toBe(200);
        }
      });

      it('refresh-token', async () => {
        const { refresh_token: token } = await one.tokens();
        for (let i = 0; i < 3; i++) {
          const { status, json } = await one.refresh(token);
          expect([status, json.refresh_token]).toEqual([200, token]);
          expect((await one.userinfo(json.access_token)).status).toBe(200);
        }
        expect(outcome(await two.refresh(token))).toEqual([400, 'invalid_grant']);
        expect(outcome(await one.refresh(token, stolen))).toEqual(
          isDpop || isAssertion ? unbound : [401, 'invalid_client'],
        );
        expect((await one.refresh(token)).json.refresh_token).toBe(token);
      });
    });
  });
});
