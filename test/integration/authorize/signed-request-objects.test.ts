/** Request objects of clients that must sign them, and pushed ones (RFC 9101, RFC 9126 §3). */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { End } from '../../support/cookie-browser.js';
import { CALLBACK, type RelyingParty } from '../../support/relying-party.js';
import { ISSUER } from '../../support/server.js';
import { overBothStores } from '../../support/stores.js';
import { Stage } from './stage.js';

const keys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
const [own, foreign] = [keys(), keys()];
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const jwks = {
  keys: [
    { ...own.publicKey.export({ format: 'jwk' }), kid: 'ec', use: 'sig', alg: 'ES256' },
    { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'rsa', use: 'sig', alg: 'RS256' },
  ],
};
const now = (): number => Math.floor(Date.now() / 1000);

interface Made {
  claims?: Record<string, unknown>;
  header?: Record<string, unknown>;
  key?: KeyObject;
}

/** A request object with these members instead of the good ones; undefined leaves a member out. */
function objectOf(client: RelyingParty, { claims = {}, header = {}, key = own.privateKey }: Made = {}): string {
  const all = {
    ...{ iss: client.clientId, aud: ISSUER, client_id: client.clientId, exp: now() + 60, iat: now(), jti: 'j' },
    ...{ response_type: 'code', redirect_uri: CALLBACK, scope: 'openid', state: 'of-the-object', ...claims },
  };
  const text = [{ alg: 'ES256', kid: 'ec', typ: 'oauth-authz-req+jwt', ...header }, all]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const isEmpty = header['alg'] === 'none';
  const signature = isEmpty
    ? ''
    : sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
  return `${text}.${signature}`;
}

const WRONG: [string, Made][] = [
  ['unsigned', { header: { alg: 'none' } }],
  ['of another algorithm than the registered one', { header: { alg: 'RS256', kid: 'rsa' }, key: rsa.privateKey }],
  ['signed with another key', { key: foreign.privateKey }],
  ['of an unknown key', { header: { kid: 'other' } }],
  ['with a critical extension', { header: { crit: ['exp'] } }],
  ['of another kind', { header: { typ: 'client-authentication+jwt' } }],
  ['of no kind that is known', { header: { typ: 'JOSE' } }],
  ['expired', { claims: { exp: now() - 1 } }],
  ['not valid yet', { claims: { nbf: now() + 600 } }],
  ['made in the future', { claims: { iat: now() + 600 } }],
  ['of another issuer', { claims: { iss: 'somebody-else' } }],
  ['for another server', { claims: { aud: 'https://other.example' } }],
  ['for the token endpoint', { claims: { aud: `${ISSUER}/oauth2/token` } }],
  ['without client_id', { claims: { client_id: undefined } }],
  ['of another client_id', { claims: { client_id: 'other' } }],
  ['an assertion of the client', { claims: { sub: 'SELF' } }],
  ['with an object inside', { claims: { request: 'a.b.c' } }],
  ['with a reference inside', { claims: { request_uri: 'https://app.example/object' } }],
];

overBothStores('signed request objects', (redis) => {
  const stage = new Stage(redis, { oauth2: { pushed_authorization_requests: { enabled: true } } });
  const strict = () =>
    stage.register({ jwks, request_object_signing_alg: 'ES256', require_signed_request_object: true });
  const bare = { redirect_uri: undefined, state: undefined, nonce: undefined };
  const asked = (by: RelyingParty, request: string, over: Record<string, string | undefined> = {}): Promise<End> =>
    stage.browser().walk(by.address({ ...bare, scope: 'openid', request, ...over }));

  it('are shown as a member of the client', async () => {
    const of = await strict();
    const { json } = await of.admin('GET', `/clients/${of.clientId}`);
    expect(json['require_signed_request_object']).toBe(true);
  });

  it('are the only requests of a client that must sign, also pushed', async () => {
    const of = await strict();
    const plain = await stage.browser().walk(of.address());
    expect([plain.url?.origin, plain.parameters['error']]).toEqual(['https://app.example', 'invalid_request']);
    const { status, json } = await of.push({ response_type: 'code', redirect_uri: CALLBACK, state: 'a-long-state' });
    expect([status, json['error']]).toEqual([400, 'invalid_request']);
    expect((await asked(of, objectOf(of))).parameters).toMatchObject({
      state: 'of-the-object',
      code: expect.any(String) as string,
    });
  });

  it('are the whole request, whatever stands beside them', async () => {
    const of = await strict();
    const beside = {
      scope: 'openid offline_access',
      state: 'beside-it',
      login_hint: 'beside',
      redirect_uri: 'https://evil.example',
    };
    const direct = await asked(of, objectOf(of), beside);
    const { json } = await of.push({ ...beside, response_type: 'token', request: objectOf(of) });
    const pushed = await stage.browser().walk(of.pushedAddress(String(json['request_uri'])));
    for (const end of [direct, pushed]) {
      expect(end.url?.href).toContain(CALLBACK);
      expect(end.parameters).toMatchObject({ state: 'of-the-object', scope: 'openid' });
      expect(end.login).toMatchObject({ requested_scope: ['openid'], oidc_context: {} });
    }
    expect(direct.login).not.toHaveProperty('oidc_context.login_hint');
  });

  it.each(WRONG)('%s are refused at both endpoints', async (_, { claims = {}, ...made }) => {
    const of = await strict();
    const sub = claims['sub'] === 'SELF' ? { sub: of.clientId } : {};
    const request = objectOf(of, { claims: { ...claims, ...sub }, ...made });
    const end = await asked(of, request);
    expect([end.url?.origin, end.parameters['error']]).toEqual(['http://ui.example', 'invalid_request_object']);
    const { status, json } = await of.push({ request });
    expect([status, json['error']]).toEqual([400, 'invalid_request_object']);
  });

  it('may name the issuer in a list, and need no type', async () => {
    const of = await strict();
    const made = { claims: { aud: ['https://other.example', ISSUER] }, header: { typ: undefined } };
    expect((await asked(of, objectOf(of, made))).parameters['code']).toBeDefined();
    expect((await of.push({ request: objectOf(of, made) })).status).toBe(201);
  });

  it('say the same response type as the parameter beside them', async () => {
    const of = await strict();
    const { parameters } = await asked(of, objectOf(of), { response_type: 'token' });
    expect(parameters['error']).toBe('invalid_request_object');
  });

  it('that are pushed are judged so for every client, which names itself at least in the object', async () => {
    const of = await stage.register({ jwks });
    const beside = { client_id: '', scope: 'openid offline_access' };
    const { json } = await of.push({ ...beside, request: objectOf(of) });
    const end = await stage.browser().walk(of.pushedAddress(String(json['request_uri'])));
    expect(end.parameters['scope']).toBe('openid');
    const unsigned = objectOf(of, { header: { alg: 'none' } });
    expect((await of.push({ request: unsigned })).json['error']).toBe('invalid_request_object');
  });

  it('of other clients are treated as before at the authorization endpoint', async () => {
    const of = await stage.register({ jwks });
    const end = await asked(of, objectOf(of, { header: { alg: 'none' }, claims: { client_id: undefined } }), {
      scope: 'openid offline_access',
    });
    expect(end.parameters['scope']).toBe('openid offline_access');
  });
});

describe('a server that demands signed request objects', () => {
  const request_objects = { require_signed: true, signing_algs: ['ES256', 'PS256'] };
  const stage = new Stage(undefined, { oauth2: { request_objects } });
  const usual = new Stage();

  it('says so in discovery, with the algorithms, and otherwise discovery is unchanged', async () => {
    const discovered = async (of: Stage) => (await of.ask('GET', '/.well-known/openid-configuration')).json;
    const { require_signed_request_object, request_object_signing_alg_values_supported, ...others } =
      await discovered(stage);
    expect(require_signed_request_object).toBe(true);
    expect(request_object_signing_alg_values_supported).toEqual(['ES256', 'PS256']);
    const before = await discovered(usual);
    expect(before).not.toHaveProperty('require_signed_request_object');
    expect({
      ...others,
      request_object_signing_alg_values_supported: before['request_object_signing_alg_values_supported'],
    }).toEqual(before);
  });

  it('takes no others, from any client, and only of these algorithms', async () => {
    const of = await stage.register({ jwks });
    const ask = (over: Record<string, string>) => stage.browser().walk(of.address({ scope: 'openid', ...over }));
    expect((await ask({})).parameters['error']).toBe('invalid_request');
    expect((await ask({ request: objectOf(of) })).parameters['code']).toBeDefined();
    const other = objectOf(of, { header: { alg: 'RS256', kid: 'rsa' }, key: rsa.privateKey });
    expect((await ask({ request: other })).parameters['error']).toBe('invalid_request_object');
  });
});
