import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClientEntity } from '../../clients/client.entity.js';
import type { ClientKeys } from '../../clients/client-keys.js';
import type { MetadataDocuments } from '../../clients/metadata-documents/metadata-documents.service.js';
import { RegisteredClient } from '../../clients/registered-client.js';
import type { ConfigHolder } from '../../config/config-holder.js';
import { FormParams } from '../../http/exchange/form-params.js';
import type { Documents } from '../../http/outbound/documents.js';
import type { JweDecrypter } from '../../jwt/jwe-decrypter.js';
import type { JwtVerifier } from '../../jwt/jwt-verifier.js';
import { OAuthError } from '../../protocol/oauth-error.js';
import { AuthorizationRequests, targetOf } from './authorization-requests.js';
import { IdTokenHints } from '../../jwt/id-token-hints.js';
import type { ProvenRequest } from './proven-request.js';
import { RequestDocuments } from './request-documents.js';
import { RequestObjects } from './request-objects.js';
import { writerOf } from './response-modes/index.js';

const NOW = new Date('2026-01-01T00:00:00Z');
const REGISTERED = ['https://app.example/cb', 'http://127.0.0.1/cb', 'com.example.app:/oauth'];
const b64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const shop = new RegisteredClient({
  key: '1',
  clientId: 'shop',
  rotatedSecretHashes: [],
  metadata: {
    redirect_uris: REGISTERED,
    grant_types: ['authorization_code', 'implicit'],
    response_types: [
      'code',
      'token',
      'id_token',
      'code id_token',
      'code token',
      'code id_token token',
      'id_token token',
    ],
    scope: 'openid photos.*',
    audience: ['https://api.example/x'],
    token_endpoint_auth_method: 'client_secret_basic',
    request_uris: ['https://app.example/ro'],
    jwks: { keys: [{}] },
  },
} as unknown as ClientEntity);

const config = {
  current: {
    dev: false,
    limits: { form: 1000 },
    clients: { http: { disallow_private_ip_ranges: false } },
    strategies: { scope: 'wildcard' },
    oauth2: {
      ...{ resource_indicators: { enabled: false }, protected_resources: [] },
      pkce: { enforced: false, enforced_for_public_clients: false },
      pushed_authorization_requests: { enabled: false, required: false },
      request_objects: { require_signed: false },
      dpop: { enabled: false },
      mtls: { enabled: false },
      jarm: { enabled: true },
      encryption: { enabled: false },
    },
    urls: { self: { issuer: 'https://id.example', public: 'https://id.example' } },
    webfinger: { oidc_discovery: {} },
    oidc: { claims_parameter: { enabled: true } },
  },
} as unknown as ConfigHolder;

const find = (id: string) => Promise.resolve(id === 'shop' ? shop : undefined);
const clients = { client: find } as unknown as MetadataDocuments;
const keys = { verify: () => Promise.reject(new Error('no key')) } as unknown as ClientKeys;
const documents = { read: () => Promise.reject(new Error('unreachable')) } as unknown as Documents;
const hint = { header: {}, payload: { iss: 'https://id.example', sub: 'alice', aud: ['shop'], iat: 0, exp: 1 } };
const verifier = {
  verify: (_: string, jwt: string) => Promise.resolve(jwt === 'ours' ? hint : undefined),
} as unknown as JwtVerifier;

const requests = new AuthorizationRequests(
  clients,
  new RequestObjects(keys, new RequestDocuments(documents, config), {} as JweDecrypter, config),
  new IdTokenHints(verifier, {} as JweDecrypter, config),
  config,
);

const VISIT = { arrivedAt: NOW, remoteAddress: '192.0.2.1' };
const GOOD = {
  client_id: 'shop',
  response_type: 'code',
  redirect_uri: 'https://app.example/cb',
  scope: 'openid photos.read openid',
  state: 'a-long-state',
};
const form = (parameters: Record<string, string | undefined>): FormParams =>
  new FormParams(
    new URLSearchParams(Object.entries(parameters).filter((pair): pair is [string, string] => pair[1] !== undefined)),
  );
const prove = (over: Record<string, string | undefined>): Promise<ProvenRequest> =>
  requests.prove(form({ ...GOOD, ...over }), VISIT);

describe('prove', () => {
  it('accepts a request with valid client and redirect URI, whatever else is wrong', async () => {
    const asked = await prove({ scope: 'nope', response_type: 'nope', state: undefined, prompt: 'nope' });
    expect(asked).toMatchObject({ redirectUri: 'https://app.example/cb', scope: ['nope'], state: '' });
  });

  it.each([
    [{ client_id: 'nobody' }, 'invalid_client'],
    [{ request: 'garbage' }, 'invalid_request_object'],
    [{ request_uri: 'https://evil.example' }, 'invalid_request_uri'],
    [{ response_mode: 'jwt.query' }, 'unsupported_response_mode'],
    [{ redirect_uri: 'https://evil.example' }, 'invalid_request'],
  ])('%j is refused: %s', async (over, code) => {
    await expect(prove(over)).rejects.toMatchObject({ code });
  });

  it('checks the client first, and the request object before the parameters that it may replace', async () => {
    await expect(prove({ client_id: 'nobody', request: 'garbage', redirect_uri: 'x' })).rejects.toMatchObject({
      code: 'invalid_client',
    });
    await expect(prove({ request: 'garbage', redirect_uri: 'x', response_mode: 'y' })).rejects.toMatchObject({
      code: 'invalid_request_object',
    });
  });

  it('takes redirect URI and state from the request object', async () => {
    const request = `${b64({ alg: 'none' })}.${b64({ redirect_uri: REGISTERED[2], state: 'inner-state' })}.`;
    const asked = await prove({ request, redirect_uri: 'https://evil.example', state: 'outer-state' });
    expect(targetOf(asked)).toMatchObject({ redirectUri: REGISTERED[2], state: 'inner-state' });
  });
});

describe('the response mode', () => {
  it.each([
    [{}, 'query'],
    [{ response_type: 'code id_token' }, 'fragment'],
    [{ response_type: 'token', response_mode: 'query' }, 'fragment'],
    [{ response_type: undefined }, 'query'],
    [{ response_type: 'nope' }, 'query'],
    [{ response_mode: 'fragment' }, 'fragment'],
    [{ response_mode: 'form_post' }, 'form_post'],
    [{ response_mode: 'jwt' }, 'query.jwt'],
    [{ response_type: 'code id_token', response_mode: 'jwt' }, 'fragment.jwt'],
    [{ response_type: 'nope', response_mode: 'jwt' }, 'query.jwt'],
    [{ response_mode: 'fragment.jwt' }, 'fragment.jwt'],
    [{ response_type: 'token', response_mode: 'query.jwt' }, 'query.jwt'],
    [{ response_type: 'token', response_mode: 'form_post' }, 'form_post'],
  ])('%j: %s', async (over, mode) => {
    expect(targetOf(await prove(over)).responseMode).toBe(mode);
  });
});

describe('validate', () => {
  const validate = async (over: Record<string, string | undefined>) =>
    requests.validate(await prove(over), 'https://id.example/oauth2/auth?x', NOW);

  it('returns the request as plain data', async () => {
    const request = await validate({
      audience: 'https://api.example/x/y',
      nonce: 'a-long-nonce',
      prompt: 'login',
      max_age: '60',
      acr_values: 'gold silver',
      id_token_hint: 'ours',
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWBuGJSstw-cM',
      code_challenge_method: 'S256',
    });
    expect(JSON.parse(JSON.stringify(request))).toEqual({
      clientId: 'shop',
      responseTypes: ['code'],
      responseMode: 'query',
      redirectUri: 'https://app.example/cb',
      redirectUriSent: true,
      scope: ['openid', 'photos.read'],
      audience: ['https://api.example/x/y'],
      state: 'a-long-state',
      nonce: 'a-long-nonce',
      prompt: ['login'],
      maxAge: 60,
      acrValues: ['gold', 'silver'],
      uiLocales: [],
      idTokenHintClaims: hint.payload,
      codeChallenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWBuGJSstw-cM',
      codeChallengeMethod: 'S256',
      requestUrl: 'https://id.example/oauth2/auth?x',
    });
  });

  it.each([
    [{ scope: 'openid admin', audience: 'nope', state: '' }, 'invalid_scope'],
    [{ audience: 'nope', registration: '{}' }, 'invalid_request'],
    [{ registration: '{}', response_type: 'nope' }, 'registration_not_supported'],
    [{ response_type: 'nope', state: '' }, 'unsupported_response_type'],
    [{ response_type: 'token', response_mode: 'query', state: '' }, 'unsupported_response_mode'],
    [{ state: 'short', prompt: 'nope' }, 'invalid_state'],
    [{ response_type: 'id_token', nonce: '1' }, 'insufficient_entropy'],
    [{ id_token_hint: 'foreign' }, 'invalid_request'],
  ])('%j: the first failure is reported, %s', async (over, code) => {
    await expect(validate(over)).rejects.toMatchObject({ code });
  });

  it('drops the challenge of a request without a code', async () => {
    const request = await validate({ response_type: 'token', code_challenge: 'x', code_challenge_method: 'plain' });
    expect([request.codeChallenge, request.codeChallengeMethod]).toEqual([undefined, undefined]);
  });
});

/** Texts that may break parsers, texts that are almost valid, and arbitrary ones. */
const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    ...[
      '',
      '\u0000',
      '\r\nset-cookie: a=b',
      '"><script>',
      '%00',
      '%',
      '+',
      '__proto__',
      'a'.repeat(5000),
      '\ud800',
      '💥',
    ],
    ...['none', 'login', 'openid', 'code', 'code id_token token', 'query', 'form_post', 'S256', 'plain', '-1', '1e99'],
    ...REGISTERED,
    ...['http://127.0.0.1:4300/cb', 'https://evil.example/cb', 'https://app.example/cb#x', 'javascript:alert(1)'],
  ),
);
const requestObject = fc
  .tuple(fc.constantFrom('none', 'RS256', 'HS256', 'x'), fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 5 }))
  .map(([alg, claims]) => `${b64({ alg })}.${b64({ state: 'a-long-state', ...claims })}.`);
const NAMES = [
  ...['client_id', 'response_type', 'response_mode', 'redirect_uri', 'scope', 'state', 'nonce', 'prompt', 'max_age'],
  ...['audience', 'request_uri', 'registration', 'id_token_hint', 'code_challenge', 'code_challenge_method'],
  ...['acr_values', 'ui_locales', 'display', 'login_hint', 'identity_schema', 'claims', '__proto__', 'constructor'],
];
const overrides = fc.array(
  fc.oneof(
    { weight: 9, arbitrary: fc.tuple(fc.constantFrom(...NAMES), nasty) },
    { weight: 1, arbitrary: fc.tuple(fc.constant('request'), fc.oneof(nasty, requestObject)) },
  ),
  { maxLength: 6 },
);

describe('whatever is sent', () => {
  it('is a request, or an OAuth error; and nothing goes anywhere but to an address of the client', async () => {
    await fc.assert(
      fc.asyncProperty(overrides, fc.boolean(), async (pairs, onTopOfAGoodOne) => {
        const params = new URLSearchParams(onTopOfAGoodOne ? GOOD : {});
        for (const [name, value] of pairs) params.set(name, value);
        const asked = await requests.prove(FormParams.parse(params.toString()), VISIT).catch(oauthError);
        if (asked instanceof OAuthError) return;
        expect([...REGISTERED, 'http://127.0.0.1:4300/cb']).toContain(asked.redirectUri);
        const request = await requests.validate(asked, 'https://id.example/oauth2/auth', NOW).catch(oauthError);
        const target = request instanceof OAuthError ? targetOf(asked) : request;
        const error = request instanceof OAuthError ? request.toParameters() : {};
        const reply = writerOf(target.responseMode).write(target.redirectUri, { ...error, state: target.state });
        const location = String(reply.headers['location'] ?? asked.redirectUri);
        expect(location.startsWith(asked.redirectUri)).toBe(true);
        expect(location).toMatch(/^[\u0021-\u007e]+$/);
      }),
      { numRuns: 2000 },
    );
  });
});

function oauthError(error: unknown): OAuthError {
  if (error instanceof OAuthError) return error;
  throw error;
}
