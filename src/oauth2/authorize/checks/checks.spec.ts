import { describe, expect, it } from 'vitest';
import type { ClientMetadata } from '../../../clients/client-metadata.js';
import type { ClientEntity } from '../../../clients/client.entity.js';
import { RegisteredClient } from '../../../clients/registered-client.js';
import type { Configuration } from '../../../config/configuration.js';
import { parseParameters } from '../../../http/exchange/declared-parameters.js';
import { FormParams } from '../../../http/exchange/form-params.js';
import { OAuthError } from '../../../protocol/oauth-error.js';
import { AUTHORIZATION_PARAMETERS, type AuthorizationParameters } from '../authorization-parameters.js';
import type { Check, ProvenRequest, ResponseTarget } from '../proven-request.js';
import { checkAllowedDetails, checkAuthorizationDetails } from './check-authorization-details.js';
import { checkAudience } from './check-audience.js';
import { checkClaims } from './check-claims.js';
import { checkClient } from './check-client.js';
import { checkBoundTokens } from './check-bound-tokens.js';
import { checkDpopJkt } from './check-dpop-jkt.js';
import { checkGrantType } from './check-grant-type.js';
import { checkInsecureRedirect } from './check-insecure-redirect.js';
import { checkJwtInQuery } from './check-jwt-in-query.js';
import { checkMaxAge } from './check-max-age.js';
import { checkNonce } from './check-nonce.js';
import { checkOnce } from './check-once.js';
import { checkPkce } from './check-pkce.js';
import { checkPrompt } from './check-prompt.js';
import { checkPushed } from './check-pushed.js';
import { checkRedirectUri, mayUseRedirectUri } from './check-redirect-uri.js';
import { checkRegistration } from './check-registration.js';
import { checkResponseMode } from './check-response-mode.js';
import { checkResponseModeFits } from './check-response-mode-fits.js';
import { checkResponseType } from './check-response-type.js';
import { checkScope } from './check-scope.js';
import { checkSignedRequest } from './check-signed-request.js';
import { checkSignedResponse } from './check-signed-response.js';
import { checkState } from './check-state.js';
import { CHECKS, PUSH_CHECKS } from './index.js';

const CALLBACK = 'https://app.example/cb';
const S256 = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWBuGJSstw-cM';

function client(metadata: Partial<ClientMetadata> = {}): RegisteredClient {
  return new RegisteredClient({
    key: '1',
    clientId: 'shop',
    version: 1,
    name: 'Shop',
    secretHash: null,
    rotatedSecretHashes: [],
    metadata: {
      redirect_uris: [CALLBACK],
      grant_types: ['authorization_code', 'implicit'],
      response_types: ['code', 'token', 'id_token', 'code id_token', 'code token', 'id_token token'],
      scope: 'openid photos.*',
      audience: ['https://api.example/x'],
      token_endpoint_auth_method: 'client_secret_basic',
      ...metadata,
    },
  } as unknown as ClientEntity);
}

const parsed = (sent: Record<string, string>): AuthorizationParameters =>
  parseParameters(AUTHORIZATION_PARAMETERS, new FormParams(new URLSearchParams(sent)));

function asked(over: Partial<ProvenRequest> = {}, parameters: Record<string, string> = {}): ProvenRequest {
  return {
    client: client(),
    sent: new FormParams(new URLSearchParams(parameters)),
    parameters: parsed(parameters),
    redirectUri: CALLBACK,
    isPushed: false,
    hasRequestObject: false,
    redirectUriSent: true,
    responseTypes: ['code'],
    responseMode: 'query',
    scope: ['openid'],
    audience: [],
    state: '12345678',
    ...over,
  };
}

const configuration = ({ dev = false, enforced = false, enforcedForPublic = false, exact = false } = {}) =>
  ({
    dev,
    strategies: { scope: exact ? 'exact' : 'wildcard' },
    oauth2: { pkce: { enforced, enforced_for_public_clients: enforcedForPublic } },
  }) as unknown as Configuration;

/** The error code of the check, or undefined if it passes. */
function verdict(check: Check, request: ProvenRequest, config = configuration()): string | undefined {
  try {
    check(request, config);
    return undefined;
  } catch (error) {
    if (error instanceof OAuthError) return error.code;
    throw error;
  }
}

describe('checkClient', () => {
  const find = (id: string) => Promise.resolve(id === 'shop' ? client() : undefined);
  const documents = { client: find };
  const visit = { arrivedAt: new Date(0), remoteAddress: '192.0.2.1' };

  it('finds the client of the request', async () => {
    await expect(checkClient(documents, FormParams.parse('client_id=shop'), visit)).resolves.toMatchObject({
      clientId: 'shop',
    });
  });

  it.each(['', 'client_id=', 'client_id=nobody', 'client_id=a%00b', `client_id=${'x'.repeat(300)}`])(
    'refuses %s with invalid_client',
    async (query) => {
      await expect(checkClient(documents, FormParams.parse(query), visit)).rejects.toMatchObject({
        code: 'invalid_client',
      });
    },
  );
});

describe('checkResponseMode', () => {
  const JWT_MODES = ['jwt', 'query.jwt', 'fragment.jwt', 'form_post.jwt'];
  const judge = (mode: string | undefined, enabled = false) =>
    checkResponseMode(parsed(mode === undefined ? {} : { response_mode: mode }), {
      oauth2: { jarm: { enabled } },
    } as unknown as Configuration);
  const refusal = (modes: string) =>
    expect.objectContaining({
      code: 'unsupported_response_mode',
      hint: `Parameter 'response_mode' must be one of ${modes}.`,
    }) as Error;

  it.each(['query', 'fragment', 'form_post'])('knows %s', (mode) => {
    expect(judge(mode)).toBe(mode);
  });

  it.each([undefined, ''])('is undefined if the request has none (%j)', (mode) => {
    expect(judge(mode)).toBeUndefined();
  });

  it.each(['carrier_pigeon', 'Query', 'query fragment', ...JWT_MODES])('refuses %s', (mode) => {
    expect(() => judge(mode)).toThrow(refusal('query, fragment, form_post'));
  });

  it('knows those of JARM where that is enabled', () => {
    expect(JWT_MODES.map((mode) => judge(mode, true))).toEqual(JWT_MODES);
    for (const mode of ['JWT', 'jwt.jwt', 'code.jwt']) {
      expect(() => judge(mode, true)).toThrow(refusal(`query, fragment, form_post, ${JWT_MODES.join(', ')}`));
    }
  });
});

describe('checkRedirectUri', () => {
  const judge = (registered: string[], parameters: Record<string, string>) =>
    checkRedirectUri(client({ redirect_uris: registered }), parsed(parameters));

  it('returns the registered redirect URI in the request', () => {
    expect(judge([CALLBACK, 'https://b'], { redirect_uri: CALLBACK, scope: 'openid' })).toBe(CALLBACK);
  });

  it('returns the only registered one if the request has neither a redirect URI nor openid', () => {
    expect(judge([CALLBACK], { scope: 'photos.a' })).toBe(CALLBACK);
  });

  it.each([
    [[CALLBACK], { scope: 'openid' }],
    [[CALLBACK], { scope: 'photos.a openid' }],
    [[CALLBACK, 'https://b'], {}],
    [[], {}],
    [[CALLBACK], { redirect_uri: 'https://evil.example/cb' }],
    [['https://app.example/cb#x'], { redirect_uri: 'https://app.example/cb#x' }],
    [['javascript:alert(1)'], { redirect_uri: 'javascript:alert(1)' }],
    [['/relative'], { redirect_uri: '/relative' }],
  ])('registered %j, sent %j: invalid_request', (registered, parameters) => {
    expect(() => judge(registered, parameters as Record<string, string>)).toThrow(
      expect.objectContaining({ code: 'invalid_request' }),
    );
  });
});

describe('checkOnce', () => {
  it.each(['state=a&state=b', 'nonce=a&nonce=a', 'unknown=&unknown='])('%s: invalid_request', (query) => {
    expect(verdict(checkOnce, asked({ sent: FormParams.parse(query) }))).toBe('invalid_request');
  });

  it('accepts repeated audiences and resources', () => {
    const sent = FormParams.parse('audience=a&audience=b&resource=c&resource=d');
    expect(verdict(checkOnce, asked({ sent }))).toBeUndefined();
  });
});

describe('checkScope', () => {
  it.each([
    [['openid'], undefined],
    [['openid', 'photos.read'], undefined],
    [[], undefined],
    [['openid', 'admin'], 'invalid_scope'],
  ])('%j: %s', (scope, code) => {
    expect(verdict(checkScope, asked({ scope }))).toBe(code);
  });

  it('follows the strategy of the server', () => {
    expect(verdict(checkScope, asked({ scope: ['photos.read'] }), configuration({ exact: true }))).toBe(
      'invalid_scope',
    );
  });

  it('names the refused scope', () => {
    expect(() => {
      checkScope(asked({ scope: ['admin'] }), configuration());
    }).toThrow(/'admin'/);
  });
});

describe('checkAudience', () => {
  const server = {
    oauth2: { resource_indicators: { enabled: true }, protected_resources: [] },
  } as unknown as Configuration;

  it.each([
    [['https://api.example/x/y'], undefined],
    [[], undefined],
    [['https://other.example'], 'invalid_request'],
  ])('%j: %s', (audience, code) => {
    expect(verdict(checkAudience, asked({ audience }), server)).toBe(code);
  });

  it.each([
    [['https://api.example/x/y'], undefined],
    [['https://other.example'], 'invalid_target'],
    [['/x'], 'invalid_target'],
    [['https://api.example/x#y'], 'invalid_target'],
  ])('resource %j: %s', (resources, code) => {
    expect(verdict(checkAudience, asked({ audience: resources, resources }), server)).toBe(code);
  });
});

describe('checkRegistration', () => {
  it.each([
    [{}, undefined],
    [{ registration: '' }, undefined],
    [{ registration: '{}' }, 'registration_not_supported'],
  ])('%j: %s', (parameters, code) => {
    expect(verdict(checkRegistration, asked({}, parameters as Record<string, string>))).toBe(code);
  });
});

describe('checkResponseType', () => {
  it.each([
    [['code'], undefined],
    [['code', 'id_token'], undefined],
    [['id_token', 'token'], undefined],
    [['code', 'id_token', 'token'], 'unsupported_response_type'],
    [[], 'unsupported_response_type'],
    [['nope'], 'unsupported_response_type'],
    [['code', 'nope'], 'unsupported_response_type'],
  ])('%j: %s', (responseTypes, code) => {
    expect(verdict(checkResponseType, asked({ responseTypes }))).toBe(code);
  });

  it('accepts the registered words in any order', () => {
    const registered = client({ response_types: ['id_token code'] });
    expect(
      verdict(checkResponseType, asked({ client: registered, responseTypes: ['code', 'id_token'] })),
    ).toBeUndefined();
  });

  it('lets a client without response types use only code', () => {
    const plain = client({ response_types: [] });
    expect(verdict(checkResponseType, asked({ client: plain }))).toBeUndefined();
    expect(verdict(checkResponseType, asked({ client: plain, responseTypes: ['token'] }))).toBe(
      'unsupported_response_type',
    );
  });

  it('refuses an unknown word even if the client has registered it', () => {
    const odd = client({ response_types: ['nope'] });
    expect(verdict(checkResponseType, asked({ client: odd, responseTypes: ['nope'] }))).toBe(
      'unsupported_response_type',
    );
  });
});

describe('checkResponseModeFits', () => {
  it.each([
    ['query', ['code'], undefined],
    ['fragment', ['code'], undefined],
    ['form_post', ['token'], undefined],
    [undefined, ['token'], undefined],
    ['query', ['token'], 'unsupported_response_mode'],
    ['query', ['code', 'id_token'], 'unsupported_response_mode'],
  ] as const)('%s with %j: %s', (askedMode, responseTypes, code) => {
    expect(verdict(checkResponseModeFits, asked({ askedMode, responseTypes: [...responseTypes] }))).toBe(code);
  });
});

describe('checkJwtInQuery', () => {
  const server = (enabled: boolean) => ({ oauth2: { encryption: { enabled } } }) as unknown as Configuration;
  const encrypting = client({ authorization_encrypted_response_alg: 'ECDH-ES' });

  it.each([
    ['query.jwt', ['code'], undefined],
    ['fragment.jwt', ['code', 'id_token'], undefined],
    ['form_post.jwt', ['token'], undefined],
    ['query.jwt', ['token'], 'invalid_request'],
    ['query.jwt', ['code', 'id_token'], 'invalid_request'],
  ] as const)('%s with %j: %s', (responseMode, responseTypes, code) => {
    const request = asked({ responseMode, responseTypes: [...responseTypes] });
    expect(verdict(checkJwtInQuery, request, server(true))).toBe(code);
    expect(verdict(checkJwtInQuery, { ...request, client: encrypting }, server(false))).toBe(code);
    expect(verdict(checkJwtInQuery, { ...request, client: encrypting }, server(true))).toBeUndefined();
  });
});

describe('checkState', () => {
  it.each([
    ['', 'invalid_state'],
    ['1234567', 'invalid_state'],
    ['12345678', undefined],
  ])('%j: %s', (state, code) => {
    expect(verdict(checkState, asked({ state }))).toBe(code);
  });

  it.each([
    [['code'], '', undefined],
    [['code'], 'short', undefined],
    [['code', 'id_token'], '', undefined],
    [['code', 'token'], '', 'invalid_state'],
    [['id_token'], '', 'invalid_state'],
  ])('with PKCE, for %j, %j: %s', (responseTypes, state, code) => {
    const request = asked({ state, responseTypes }, { code_challenge: S256, code_challenge_method: 'S256' });
    expect(verdict(checkState, request)).toBe(code);
  });
});

describe('checkPrompt and checkMaxAge', () => {
  it.each([
    [checkPrompt, { prompt: 'login consent' }, undefined],
    [checkPrompt, { prompt: 'foo' }, 'invalid_request'],
    [checkPrompt, { prompt: 'none login' }, 'invalid_request'],
    [checkPrompt, { prompt: '' }, undefined],
    [checkMaxAge, { max_age: '0' }, undefined],
    [checkMaxAge, { max_age: '' }, undefined],
    [checkMaxAge, { max_age: 'abc' }, 'invalid_request'],
    [checkMaxAge, { max_age: '1.5' }, 'invalid_request'],
  ])('%o with %j: %s', (check, parameters, code) => {
    expect(verdict(check, asked({}, parameters as Record<string, string>))).toBe(code);
  });
});

describe('checkClaims', () => {
  const enabled = (on: boolean) => ({ oidc: { claims_parameter: { enabled: on } } }) as Configuration;
  const USERINFO = '{"userinfo":{"email":null}}';

  it.each([
    ['{"id_token":{"acr":null}}', {}, undefined],
    [USERINFO, {}, undefined],
    [USERINFO, { responseTypes: ['id_token', 'token'] }, undefined],
    [USERINFO, { responseTypes: ['id_token'] }, 'invalid_request'],
    ['{"id_token":{"email":null}}', { responseTypes: ['id_token'] }, undefined],
    ['{"id_token":{"email":null}}', { scope: ['photos.read'] }, 'invalid_request'],
    ['', { scope: [] }, undefined],
    ['nonsense', {}, 'invalid_request'],
  ])('%s of a request with %j: %s', (claims, over, code) => {
    expect(verdict(checkClaims, asked(over, { claims }), enabled(true))).toBe(code);
    expect(verdict(checkClaims, asked(over, { claims }), enabled(false))).toBeUndefined();
  });
});

describe('checkInsecureRedirect', () => {
  it.each([
    ['http://app.example/cb', ['code'], false, 'invalid_request'],
    ['http://app.example/cb', ['code'], true, undefined],
    ['http://app.example/cb', ['id_token', 'token'], false, undefined],
    ['http://localhost/cb', ['code'], false, undefined],
    ['http://127.0.0.1:4300/cb', ['code'], false, undefined],
    ['myapp://cb', ['code'], false, undefined],
    ['https://app.example/cb', ['code'], false, undefined],
  ])('%s with %j, dev %s: %s', (redirectUri, responseTypes, dev, code) => {
    expect(verdict(checkInsecureRedirect, asked({ redirectUri, responseTypes }), configuration({ dev }))).toBe(code);
  });
});

describe('checkPkce', () => {
  const S256_SENT = { code_challenge: S256, code_challenge_method: 'S256' };

  it.each([
    [S256_SENT, undefined],
    [{}, undefined],
    [{ code_challenge: '' }, undefined],
    [{ code_challenge: S256 }, 'invalid_request'],
    [{ ...S256_SENT, code_challenge_method: 'plain' }, 'invalid_request'],
    [{ ...S256_SENT, code_challenge_method: 's256' }, 'invalid_request'],
    [{ ...S256_SENT, code_challenge: `${S256}=` }, 'invalid_request'],
    [{ ...S256_SENT, code_challenge: 'short' }, 'invalid_request'],
  ])('%j: %s', (parameters, code) => {
    expect(verdict(checkPkce, asked({}, parameters as Record<string, string>))).toBe(code);
  });

  it('demands a challenge of everybody where it is enforced', () => {
    const enforced = configuration({ enforced: true });
    expect(verdict(checkPkce, asked(), enforced)).toBe('invalid_request');
    expect(verdict(checkPkce, asked({ responseTypes: ['code', 'token'] }), enforced)).toBe('invalid_request');
    expect(verdict(checkPkce, asked({}, S256_SENT), enforced)).toBeUndefined();
  });

  it('demands a challenge of public clients if it is enforced for them', () => {
    const enforced = configuration({ enforcedForPublic: true });
    const app = client({ token_endpoint_auth_method: 'none' });
    expect(verdict(checkPkce, asked({ client: app }), enforced)).toBe('invalid_request');
    expect(verdict(checkPkce, asked({ client: app }, S256_SENT), enforced)).toBeUndefined();
    expect(verdict(checkPkce, asked(), enforced)).toBeUndefined();
  });

  it('ignores responses without a code', () => {
    const enforced = configuration({ enforced: true });
    expect(verdict(checkPkce, asked({ responseTypes: ['id_token', 'token'] }), enforced)).toBeUndefined();
  });
});

describe('checkNonce', () => {
  it.each([
    [['id_token'], {}, 'invalid_request'],
    [['id_token', 'token'], {}, 'invalid_request'],
    [['code', 'id_token'], {}, 'invalid_request'],
    [['code', 'id_token'], { nonce: '1234567' }, 'insufficient_entropy'],
    [['code', 'id_token'], { nonce: '12345678' }, undefined],
    [['code'], {}, undefined],
    [['code'], { nonce: '1234567' }, 'insufficient_entropy'],
    [['code', 'token'], {}, undefined],
    [['token'], { nonce: '1' }, undefined],
  ])('%j with %j: %s', (responseTypes, parameters, code) => {
    expect(verdict(checkNonce, asked({ responseTypes }, parameters as Record<string, string>))).toBe(code);
  });

  it('does not check a nonce that no ID token will contain', () => {
    expect(verdict(checkNonce, asked({ scope: ['photos.a'] }, { nonce: '1' }))).toBeUndefined();
  });
});

describe('checkGrantType', () => {
  it.each([
    [['implicit'], ['token'], undefined],
    [['authorization_code'], ['token'], 'invalid_grant'],
    [['authorization_code'], ['id_token'], 'invalid_grant'],
    [['authorization_code'], ['id_token', 'token'], 'invalid_grant'],
    [['authorization_code'], ['code', 'token'], 'invalid_grant'],
    [['authorization_code'], ['code', 'id_token'], undefined],
    [['implicit'], ['code', 'id_token'], 'invalid_grant'],
    [['implicit'], ['code', 'token'], 'invalid_grant'],
    [['authorization_code', 'implicit'], ['code', 'id_token', 'token'], undefined],
    [['client_credentials'], ['code'], undefined],
  ])('a client with %j asking for %j: %s', (grantTypes, responseTypes, code) => {
    expect(verdict(checkGrantType, asked({ client: client({ grant_types: grantTypes }), responseTypes }))).toBe(code);
  });
});

describe('checkPushed', () => {
  const demanding = client({ require_pushed_authorization_requests: true });
  const pushing = (enabled: boolean, required = false) =>
    ({ oauth2: { pushed_authorization_requests: { enabled, required } } }) as unknown as Configuration;

  it.each([
    ['a client that demands nothing', {}, pushing(true), undefined],
    ['a client that demands it', { client: demanding }, pushing(true), 'invalid_request'],
    ['a client that demands it, pushed', { client: demanding, isPushed: true }, pushing(true), undefined],
    ['a client that demands it while the endpoint is off', { client: demanding }, pushing(false), undefined],
    ['any client of a server that demands it', {}, pushing(true, true), 'invalid_request'],
    ['any client of a server that demands it, pushed', { isPushed: true }, pushing(true, true), undefined],
  ])('%s', (_, over, config, code) => {
    expect(verdict(checkPushed, asked(over), config)).toBe(code);
  });
});

describe('checkSignedRequest', () => {
  const signing = client({ require_signed_request_object: true });
  const requiring = (require_signed: boolean) =>
    ({ oauth2: { request_objects: { require_signed } } }) as unknown as Configuration;

  it.each([
    ['a client that demands nothing', {}, requiring(false), undefined],
    ['a client that must sign', { client: signing }, requiring(false), 'invalid_request'],
    [
      'a client that must sign, with an object',
      { client: signing, hasRequestObject: true },
      requiring(false),
      undefined,
    ],
    ['any client of a server that demands it', {}, requiring(true), 'invalid_request'],
    ['any client of a server that demands it, pushed', { isPushed: true }, requiring(true), 'invalid_request'],
    ['any client of a server that demands it, with an object', { hasRequestObject: true }, requiring(true), undefined],
  ])('%s', (_, over, config, code) => {
    expect(verdict(checkSignedRequest, asked(over), config)).toBe(code);
  });
});

describe('what DPoP checks', () => {
  const dpop = (enabled = true, mtls = false): Configuration =>
    ({ oauth2: { dpop: { enabled }, mtls: { enabled: mtls } } }) as unknown as Configuration;
  const jkt = Buffer.alloc(32, 9).toString('base64url');

  it.each([
    [jkt, undefined],
    [jkt.slice(0, -1), 'invalid_request'],
    [`${jkt}A`, 'invalid_request'],
    [`${jkt}=`, 'invalid_request'],
    [`${jkt.slice(0, -1)}l`, 'invalid_request'],
    [`+${jkt.slice(1)}`, 'invalid_request'],
    [jkt.repeat(1000), 'invalid_request'],
  ])('dpop_jkt is a thumbprint: %s', (dpop_jkt, code) => {
    expect(verdict(checkDpopJkt, asked({}, { dpop_jkt }), dpop())).toBe(code);
    expect(verdict(checkDpopJkt, asked({}, { dpop_jkt }), dpop(false))).toBeUndefined();
  });

  it.each([
    [['code'], true, undefined],
    [['code', 'id_token'], true, undefined],
    [['token'], true, 'unauthorized_client'],
    [['code', 'token'], true, 'unauthorized_client'],
    [['code', 'token'], false, undefined],
  ])('%s with bound tokens %s', (responseTypes, dpop_bound_access_tokens, code) => {
    const request = asked({ client: client({ dpop_bound_access_tokens }), responseTypes });
    expect(verdict(checkBoundTokens, request, dpop())).toBe(code);
    expect(verdict(checkBoundTokens, request, dpop(false))).toBeUndefined();
    const certified = client({ tls_client_certificate_bound_access_tokens: dpop_bound_access_tokens });
    expect(verdict(checkBoundTokens, asked({ client: certified, responseTypes }), dpop(false, true))).toBe(code);
    expect(verdict(checkBoundTokens, asked({ client: certified, responseTypes }), dpop())).toBeUndefined();
  });
});

describe('mayUseRedirectUri', () => {
  const OWN = 'https://own.example/cb';
  const pushed = { handle: 'h', visit: 'v' };
  const allowing = (allowed: boolean, enabled = true) =>
    ({
      oauth2: { pushed_authorization_requests: { enabled, allow_unregistered_redirect_uris: allowed } },
    }) as unknown as Configuration;
  const may = (over: Partial<ResponseTarget>, config = allowing(true), by = client()): boolean =>
    mayUseRedirectUri(by, { redirectUri: OWN, responseMode: 'query', state: '', pushed, ...over }, config);

  it('allows a registered one, pushed or not', () => {
    expect(may({ redirectUri: CALLBACK }, allowing(false))).toBe(true);
    expect(may({ redirectUri: CALLBACK, pushed: undefined }, allowing(false))).toBe(true);
  });

  it('allows another https one that a confidential client has pushed, if the server is configured so', () => {
    expect(may({})).toBe(true);
    expect(may({ pushed: undefined })).toBe(false);
    expect(may({}, allowing(false))).toBe(false);
    expect(may({}, allowing(true, false))).toBe(false);
    expect(may({}, allowing(true), client({ token_endpoint_auth_method: 'none' }))).toBe(false);
  });

  it.each(['http://own.example/cb', 'com.example.app:/cb', 'https://own.example/cb#f', 'https://own .example', '/cb'])(
    'allows no other that is not https or malformed: %s',
    (redirectUri) => {
      expect(may({ redirectUri })).toBe(false);
    },
  );
});

describe('for a client under FAPI 2.0', () => {
  const fapi = (over: Partial<ClientMetadata> = {}) => client({ security_profile: 'fapi-2.0', ...over });
  const signing = (over: Partial<ClientMetadata> = {}) =>
    client({ security_profile: 'fapi-2.0-message-signing', authorization_signed_response_alg: 'ES256', ...over });
  const config = (over: object = {}): Configuration =>
    ({
      dev: true,
      oauth2: {
        pkce: { enforced: false, enforced_for_public_clients: false },
        pushed_authorization_requests: { enabled: true, required: false },
        request_objects: { require_signed: false },
        jarm: { enabled: true },
        ...over,
      },
    }) as unknown as Configuration;

  it.each<[string, Check, ProvenRequest, string]>([
    ['not pushed', checkPushed, asked({ client: fapi(), isPushed: false }), 'invalid_request'],
    ['without PKCE', checkPkce, asked({ client: fapi(), responseTypes: ['code'] }), 'invalid_request'],
    [
      'for a token',
      checkResponseType,
      asked({ client: fapi(), responseTypes: ['token'] }),
      'unsupported_response_type',
    ],
    [
      'for a code and an ID token',
      checkResponseType,
      asked({ client: fapi(), responseTypes: ['code', 'id_token'] }),
      'unsupported_response_type',
    ],
    [
      'to http',
      checkInsecureRedirect,
      asked({ client: fapi(), redirectUri: 'http://app.example/' }),
      'invalid_request',
    ],
    [
      'to localhost',
      checkInsecureRedirect,
      asked({ client: fapi(), redirectUri: 'http://localhost/' }),
      'invalid_request',
    ],
    ['unsigned', checkSignedRequest, asked({ client: signing(), hasRequestObject: false }), 'invalid_request'],
    [
      'for a plain response',
      checkSignedResponse,
      asked({ client: signing(), responseMode: 'query' }),
      'invalid_request',
    ],
  ])('a request %s is refused', (_, check, request, code) => {
    expect(() => {
      check(request, config());
    }).toThrow(expect.objectContaining({ code }) as Error);
    const other = client({ ...request.client.metadata, security_profile: undefined });
    const usual = { ...request, client: other };
    expect(() => {
      check(usual, config());
    }).not.toThrow();
    expect(() => {
      check(usual, config({ security_profile: 'fapi-2.0-message-signing' }));
    }).toThrow(expect.objectContaining({ code }) as Error);
  });

  it.each<[string, Check, ProvenRequest]>([
    ['pushed', checkPushed, asked({ client: fapi(), isPushed: true })],
    ['for a code', checkResponseType, asked({ client: fapi(), responseTypes: ['code'] })],
    ['to a loopback address', checkInsecureRedirect, asked({ client: fapi(), redirectUri: 'http://127.0.0.1:5/cb' })],
    ['unsigned, without message signing', checkSignedRequest, asked({ client: fapi(), hasRequestObject: false })],
    ['for a signed response', checkSignedResponse, asked({ client: signing(), responseMode: 'query.jwt' })],
    [
      'for a plain response, where no algorithm is registered',
      checkSignedResponse,
      asked({ client: signing({ authorization_signed_response_alg: undefined }), responseMode: 'query' }),
    ],
  ])('a request %s passes', (_, check, request) => {
    expect(() => {
      check(request, config());
    }).not.toThrow();
  });

  it('the redirect URI must be in the request', () => {
    const own = fapi();
    const parameters = { redirect_uri: undefined, scope: [] };
    expect(checkRedirectUri(own, parameters)).toBe(CALLBACK);
    expect(() => checkRedirectUri(own, parameters, { isRequired: true })).toThrow('redirect_uri');
  });
});

const byName = (a: Check, b: Check): number => a.name.localeCompare(b.name);

describe('authorization details (RFC 9396)', () => {
  const detailTypes = [
    { type: 'payment', definition: { required: ['amount'], properties: { amount: { const: 1 } } } },
    { type: 'account' },
  ];
  const withTypes = (types: unknown[] = detailTypes) =>
    ({ oauth2: { authorization_details: { types } } }) as unknown as Configuration;
  const PAYMENT = '[{"type":"payment","amount":1}]';
  const ACCOUNT = '[{"type":"account"}]';
  const outcome = (text: string, over: Partial<ProvenRequest> = {}, types?: unknown[]) =>
    verdict(checkAuthorizationDetails, asked(over, { authorization_details: text }), withTypes(types));
  const bySelf = (types?: string[]) =>
    client({ dynamically_registered: true, ...(types && { authorization_details_types: types }) });

  it.each<[string, string, Partial<ProvenRequest>, string | undefined]>([
    ['of a configured type', ACCOUNT, {}, undefined],
    ['that satisfy their schema', PAYMENT, {}, undefined],
    ['with a hybrid response', PAYMENT, { responseTypes: ['code', 'token'] }, undefined],
    ['with a response without a code', PAYMENT, { responseTypes: ['token'] }, 'invalid_request'],
    ['that do not satisfy their schema', '[{"type":"payment"}]', {}, 'invalid_authorization_details'],
    ['of an unknown type', '[{"type":"other"}]', {}, 'invalid_authorization_details'],
    ['of which one is unknown', '[{"type":"account"},{"type":"other"}]', {}, 'invalid_authorization_details'],
    ['that are no list', '{"type":"account"}', {}, 'invalid_authorization_details'],
    [
      ...(['of another type than the client registered', ACCOUNT] as const),
      { client: client({ authorization_details_types: ['payment'] }) },
      'invalid_authorization_details',
    ],
    [
      ...(['of a type that the client registered', PAYMENT] as const),
      { client: client({ authorization_details_types: ['payment'] }) },
      undefined,
    ],
    [
      ...(['of a client that may have none', PAYMENT] as const),
      { client: client({ authorization_details_types: [] }) },
      'invalid_authorization_details',
    ],
    ['of a client that registered itself', PAYMENT, { client: bySelf() }, 'invalid_authorization_details'],
    ['that it registered', PAYMENT, { client: bySelf(['payment']) }, undefined],
  ])('%s', (_, text, over, code) => {
    expect(outcome(text, over)).toBe(code);
  });

  it('mean nothing while no type is configured', () => {
    expect(outcome('no json', { responseTypes: ['token'] }, [])).toBeUndefined();
  });

  it('are judged again when the browser returns', () => {
    const authorizationDetails = [{ type: 'account' }];
    const again = (types?: unknown[]) =>
      verdict(
        (request, current) => {
          checkAllowedDetails({ ...request, authorizationDetails }, current);
        },
        asked(),
        withTypes(types),
      );
    expect([again(), again([{ type: 'payment' }])]).toEqual([undefined, 'invalid_authorization_details']);
  });
});

describe('the order of the checks', () => {
  it('is that each came once, scope, audience, registration, response type and mode, state, then what the request asks of login and code', () => {
    expect(CHECKS).toEqual([
      ...[
        checkOnce,
        checkPushed,
        checkSignedRequest,
        checkScope,
        checkAudience,
        checkRegistration,
        checkResponseType,
        checkResponseModeFits,
        checkJwtInQuery,
        checkSignedResponse,
        checkState,
      ],
      ...[checkPrompt, checkMaxAge, checkClaims, checkInsecureRedirect, checkPkce, checkDpopJkt, checkNonce],
      ...[checkGrantType, checkAuthorizationDetails, checkBoundTokens],
    ]);
  });

  it('of a pushed request is the same, with scope and audience at the end', () => {
    expect([...PUSH_CHECKS].sort(byName)).toEqual([...CHECKS].sort(byName));
    expect(PUSH_CHECKS.slice(-2)).toEqual([checkScope, checkAudience]);
  });
});
