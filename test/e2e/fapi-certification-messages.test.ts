/**
 * The published modules of the conformance suite for FAPI 2.0 that judge single messages: DPoP proofs, and the signed requests and
 * responses of Message Signing. Played by a stranger over https.
 */
import { createHmac, randomUUID } from 'node:crypto';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askTls, type TlsAnswer } from '../support/ask-tls.js';
import type { End } from '../support/cookie-browser.js';
import { ProofKey, type ProofOptions } from '../support/dpop-client.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { certifiedSettings } from './support/certified.js';
import { type HttpsSite, startHttpsSite } from './support/https-site.js';
import { type Deviation, epoch, type Form, Stranger, type Variant } from './support/stranger.js';

const outcome = ({ status, json }: TlsAnswer): [number, unknown] => [status, json.error];
const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const PLAIN: Variant = { name: 'plain', authentication: 'private_key_jwt', binding: 'dpop', profile: 'fapi-2.0' };
const SIGNING: Variant = { ...PLAIN, name: 'signing', profile: 'fapi-2.0-message-signing', signs: true };

let database: TestDatabase;
let site: HttpsSite;
let keys: ReturnType<typeof createLocalJWKSet>;

beforeAll(async () => {
  database = await freshDatabase();
  site = await startHttpsSite(database.dsn, certifiedSettings());
  const { json } = await askTls(`${site.issuer}/.well-known/jwks.json`, { ca: site.ca });
  keys = createLocalJWKSet(json as unknown as JSONWebKeySet);
});
afterAll(async () => {
  await site.server.stop();
  await database.drop();
});

/** A proof for the token endpoint with another header, and its old signature, none, or a MAC. */
function forged({ key, url }: { key: ProofKey; url: string }, header: { alg: string }): string {
  const [, payload = '', signature = ''] = key.proof('POST', url).split('.');
  const input = `${encoded({ typ: 'dpop+jwt', jwk: key.jwk, ...header })}.${payload}`;
  if (header.alg === 'none') return `${input}.`;
  if (header.alg === 'HS256') return `${input}.${createHmac('sha256', 'secret').update(input).digest('base64url')}`;
  return `${input}.${signature}`;
}

describe('dpop-negative-tests', () => {
  let one: Stranger;

  beforeAll(async () => {
    one = await Stranger.register(site, PLAIN);
  });

  const claims = (over: Record<string, unknown>): ProofOptions => ({ claims: over });
  const header = (over: Record<string, unknown>): ProofOptions => ({ header: over });
  const WRONG: [string, () => ProofOptions][] = [
    ...(['jti', 'htm', 'htu', 'iat'] as const).map((name): [string, () => ProofOptions] => [
      `without ${name}`,
      () => claims({ [name]: undefined }),
    ]),
    ['with an empty jti', () => claims({ jti: '' })],
    ['with a jti that is a number', () => claims({ jti: 5 })],
    ['with another htm', () => claims({ htm: 'PUT' })],
    ['with htm in lower case', () => claims({ htm: 'post' })],
    ['with another htu', () => claims({ htu: `${site.issuer}/oauth2/par` })],
    ['with the htu of another server', () => claims({ htu: 'https://other.example/oauth2/token' })],
    ['with iat as text', () => claims({ iat: String(epoch()) })],
    ['with an old iat', () => claims({ iat: epoch() - 3_600 })],
    ['with an iat far ahead', () => claims({ iat: epoch() + 3_600 })],
    ['without typ', () => header({ typ: undefined })],
    ['with typ JWT', () => header({ typ: 'JWT' })],
    ['without alg', () => header({ alg: undefined })],
    ['without jwk', () => header({ jwk: undefined })],
    ['with a private jwk', () => header({ jwk: one.proofKey.privateKey.export({ format: 'jwk' }) })],
    ['with a symmetric jwk', () => header({ jwk: { kty: 'oct', k: 'c2VjcmV0' } })],
    ['with the jwk of another key', () => header({ jwk: new ProofKey().jwk })],
    ['with crit', () => header({ crit: ['b64'], b64: true })],
  ];

  it.each(WRONG)('a proof %s', async (_, proof) => {
    expect(outcome(await one.machine({ proof: proof() }))).toEqual([400, 'invalid_dpop_proof']);
    const { access_token: token } = (await one.machine()).json as Record<string, string>;
    const { status, headers } = await one.userinfo(token, { proof: proof() });
    expect(status).toBe(401);
    expect(String(headers['www-authenticate'])).toMatch(/^DPoP .*error="invalid_dpop_proof"/);
  });

  it('ath missing, of another token, and of none', async () => {
    const { access_token: token } = await one.tokens();
    const ath = '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU';
    for (const wrong of [undefined, ath, '']) {
      expect((await one.userinfo(token, { proof: claims({ ath: wrong }) })).status, wrong).toBe(401);
    }
    expect((await one.userinfo(token)).status).toBe(200);
  });

  it.each([{ alg: 'none' }, { alg: 'HS256' }, { alg: 'RS256' }, { alg: 'ES384' }, { alg: 'PS256' }])(
    'a proof signed with %j',
    async (over) => {
      const rawProof = forged({ key: one.proofKey, url: one.endpoint('token') }, over);
      expect(outcome(await one.machine({ rawProof }))).toEqual([400, 'invalid_dpop_proof']);
    },
  );

  it('keys of RS256 and ES384', async () => {
    for (const alg of ['RS256', 'ES384', 'ES512'] as const) {
      expect(outcome(await one.machine({ proofKey: new ProofKey(alg) })), alg).toEqual([400, 'invalid_dpop_proof']);
    }
    for (const alg of ['PS256', 'EdDSA', 'Ed25519'] as const) {
      expect((await one.machine({ proofKey: new ProofKey(alg) })).status, alg).toBe(200);
    }
  });

  it('a broken signature, an empty proof, two proofs, a proof twice', async () => {
    const url = one.endpoint('token');
    const good = () => one.proofKey.proof('POST', url);
    const [header = '', , signature = ''] = good().split('.');
    const rejoined = `${header}.${good().split('.')[1] ?? ''}.${signature}`;
    for (const rawProof of [rejoined, '', 'a.b.c', [good(), good()], `${good()}, ${good()}`]) {
      expect(outcome(await one.machine({ rawProof })), String(rawProof)).toEqual([400, 'invalid_dpop_proof']);
    }
    const rawProof = good();
    expect((await one.machine({ rawProof })).status).toBe(200);
    expect(outcome(await one.machine({ rawProof }))).toEqual([400, 'invalid_dpop_proof']);
  });

  it('what is no fault: htu with query and fragment, unknown claims, nbf and exp', async () => {
    const htu = `${one.endpoint('token')}?a=b#c`;
    for (const over of [{ htu }, { more: randomUUID() }, { nbf: epoch() - 5, exp: epoch() + 60 }]) {
      expect((await one.machine({ proof: claims(over) })).status, JSON.stringify(over)).toBe(200);
    }
  });

  it('a code that was bound at the push, by dpop_jkt or by a proof, serves no other key', async () => {
    const { proofKey } = one;
    for (const [form, deviation] of [
      [{ dpop_jkt: proofKey.jkt }, {}],
      [{}, { proofKey }],
    ] as [Form, Deviation][]) {
      const got = await one.code(form, deviation);
      expect(outcome(await one.redeem(got, { proofKey: new ProofKey() }))).toEqual([400, 'invalid_grant']);
      expect((await one.redeem(got)).status).toBe(200);
    }
    const dpop_jkt = new ProofKey().jkt;
    expect(outcome(await one.push(one.request({ dpop_jkt }).parameters, { proofKey }))).toEqual([
      ...[400, 'invalid_dpop_proof'],
    ]);
  });
});

describe('signed requests', () => {
  let one: Stranger;
  let two: Stranger;

  beforeAll(async () => {
    [one, two] = await Promise.all([Stranger.register(site, SIGNING), Stranger.register(site, SIGNING)]);
  });

  it.each<[string, () => Record<string, unknown>]>([
    ['without-exp-fails', () => ({ exp: undefined })],
    ['without-nbf-fails', () => ({ nbf: undefined })],
    ['without-aud-fails', () => ({ aud: undefined })],
    ['with-bad-aud-fails', () => ({ aud: 'https://other.example' })],
    ['with-exp-over-60-fails', () => ({ exp: epoch() + 4_200 })],
    ['with-nbf-over-60-fails', () => ({ nbf: epoch() - 4_200, exp: epoch() + 60 })],
    ['expired-fails', () => ({ nbf: epoch() - 600, exp: epoch() - 300 })],
    ['with-nbf-in-future-fails', () => ({ nbf: epoch() + 70, exp: epoch() + 300 })],
    ['with-iss-of-another-client-fails', () => ({ iss: two.clientId })],
    ['with-client_id-of-another-client-fails', () => ({ client_id: two.clientId })],
    ['without-client_id-fails', () => ({ client_id: undefined })],
    ['containing-request_uri-fails', () => ({ request_uri: 'urn:ietf:params:oauth:request_uri:x' })],
    ['containing-request-fails', () => ({ request: 'a.b.c' })],
  ])('ensure-request-object-%s', async (_, object) => {
    const answer = await one.push(undefined, { object: object() });
    expect(outcome(answer), answer.text).toEqual([400, 'invalid_request_object']);
  });

  it.each<[string, Deviation]>([
    ['with-multiple-aud-succeeds', { object: { aud: ['https://other.example', 'SITE'] } }],
    ['with-nbf-8-seconds-in-future-succeeds', { object: { nbf: epoch() + 8 } }],
    ['without-typ-succeeds', { objectHeader: { typ: undefined } }],
    ['with-typ-JWT-succeeds', { objectHeader: { typ: 'JWT' } }],
  ])('ensure-request-object-%s', async (_, { object = {}, ...more }) => {
    const aud = Array.isArray(object.aud) ? [object.aud[0] as string, site.issuer] : site.issuer;
    const answer = await one.push(undefined, { ...more, object: { ...object, aud } });
    expect(answer.status, answer.text).toBe(201);
  });

  it('ensure-request-object-signature-algorithm-is-not-none, -RS256-fails, -HS256-fails, -with-invalid-signature-fails', async () => {
    const { parameters } = one.request();
    const [, payload = ''] = one.object(parameters).split('.');
    const [, , signature = ''] = one.object({ ...parameters, state: 'another' }).split('.');
    const mac = (input: string) => createHmac('sha256', JSON.stringify(one.key.jwk)).update(input).digest('base64url');
    const hs256 = `${encoded({ alg: 'HS256' })}.${payload}`;
    const objects = [
      ...[`${encoded({ alg: 'none' })}.${payload}.`, `${encoded({ alg: 'None' })}.${payload}.${signature}`],
      ...[`${hs256}.${mac(hs256)}`, one.object(parameters).replace(/[^.]+$/, signature)],
      ...(['RS256', 'PS256', 'ES256', 'ES384'] as const).map((alg) =>
        one.object(parameters, { key: new ProofKey(alg) }),
      ),
      one.object(parameters, { key: two.key }),
      one.object(parameters, { objectHeader: { crit: ['exp'] } }),
      one.object(parameters, { objectHeader: { typ: 'dpop+jwt' } }),
    ];
    for (const rawObject of objects) {
      expect(outcome(await one.push(undefined, { rawObject })), rawObject).toEqual([400, 'invalid_request_object']);
    }
  });

  it('ensure-unsigned-request-fails, and an assertion is no request object', async () => {
    const unsigned = await one.post('pushed_authorization_request', one.request().parameters, { proofKey: null });
    expect(outcome(unsigned)).toEqual([400, 'invalid_request']);
    expect(outcome(await one.push(undefined, { rawObject: one.assertion() }))).toEqual([400, 'invalid_request_object']);
    expect(outcome(await one.machine({ form: { client_assertion: one.object(one.request().parameters) } }))).toEqual([
      ...[401, 'invalid_client'],
    ]);
  });

  it('state-only-outside-request-object-not-used', async () => {
    const { parameters, verifier } = one.request({ state: undefined });
    const end = await one.visit(await one.pushed(parameters, { form: { state: 'outside', scope: 'photos' } }));
    expect([end.parameters.state, end.parameters.scope]).toEqual([undefined, 'openid offline_access']);
    expect((await one.redeem({ code: end.parameters.code ?? '', verifier })).status).toBe(200);
  });
});

describe('signed responses', () => {
  let one: Stranger;

  beforeAll(async () => {
    one = await Stranger.register(site, { ...SIGNING, jarm: true });
  });

  async function verified({ parameters, url }: End) {
    expect(Object.keys(parameters)).toEqual(['response']);
    expect(url?.hash).toBe('');
    const rules = { issuer: site.issuer, audience: one.clientId, algorithms: ['PS256'] };
    const { payload } = await jwtVerify(parameters.response ?? '', keys, rules);
    const life = (payload.exp ?? 0) - epoch();
    expect([life > 0, life <= 600]).toEqual([true, true]);
    return payload;
  }

  it('happy-flow: the code and the state are in a JWT for the client', async () => {
    const { parameters, verifier } = one.request();
    const { code, state } = await verified(await one.visit(await one.pushed(parameters)));
    expect(state).toBe(parameters.state);
    expect((await one.redeem({ code: String(code), verifier })).status).toBe(200);
  });

  it('errors are, too', async () => {
    const { parameters } = one.request({ prompt: 'none' });
    expect(await verified(await one.visit(await one.pushed(parameters)))).toMatchObject({
      ...{ error: 'login_required', state: parameters.state },
    });
  });

  it.each([undefined, 'query', 'fragment', 'form_post'])('ensure-response-mode-%s-fails', async (response_mode) => {
    expect(outcome(await one.push(one.request({ response_mode }).parameters))).toEqual([400, 'invalid_request']);
  });
});
