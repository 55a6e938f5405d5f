import { describe, expect, it } from 'vitest';
import { ConfigurationError } from './configuration-error.js';
import {
  configuredDsn,
  type ConfigurationSources,
  loadConfiguration,
  readConfiguration,
} from './load-configuration.js';

const SECRET = 'a-system-secret-of-a-test';
const DSN = 'postgres://ostiary:pass-word@db.example/ostiary';
/** The smallest production configuration. */
const PRODUCTION = { DSN, SECRETS_SYSTEM: SECRET, URLS_SELF_ISSUER: 'https://id.example.com/base' };

const load = (
  env: Record<string, string> = {},
  more: Partial<ConfigurationSources> = {},
): ReturnType<typeof loadConfiguration> => loadConfiguration({ files: [], env: { ...PRODUCTION, ...env }, ...more });

function faultsOf(env: Record<string, string>, more: Partial<ConfigurationSources> = {}): string[] {
  try {
    loadConfiguration({ files: [], env, ...more });
  } catch (error) {
    if (error instanceof ConfigurationError)
      return error.message
        .split('\n')
        .slice(1)
        .map((line) => line.trim());
    throw error;
  }
  return [];
}

describe('defaults', () => {
  it('are those of Hydra', () => {
    expect(load()).toMatchObject({
      dev: false,
      log: { level: 'info', format: 'text', leak_sensitive_values: false },
      serve: { public: { host: '', port: 4444 }, admin: { host: '', port: 4445 } },
      strategies: { scope: 'wildcard', access_token: 'opaque', jwt: { scope_claim: 'list' } },
      oauth2: { hashers: { algorithm: 'pbkdf2', pbkdf2: { iterations: 25_000 } }, mirror_top_level_claims: true },
      oidc: { dynamic_client_registration: { enabled: false, default_scope: ['offline_access', 'offline', 'openid'] } },
      webfinger: { jwks: { broadcast_keys: ['hydra.openid.id-token'] } },
    });
  });

  it('let clients register the default scope and the scopes of OpenID Connect, but no audience', () => {
    const standard = ['openid', 'offline', 'offline_access', 'profile', 'email', 'address', 'phone'];
    const { dynamic_client_registration: registration } = load().oidc;
    expect(registration.allowed_scopes.toSorted()).toEqual(standard.toSorted());
    expect(registration).toMatchObject({ allowed_audience: [] });
    expect(registration.allowed_grant_types).not.toContain('urn:ietf:params:oauth:grant-type:jwt-bearer');
    const given = load({ OIDC_DYNAMIC_CLIENT_REGISTRATION_ALLOWED_SCOPES: 'openid' });
    expect(given.oidc.dynamic_client_registration.allowed_scopes).toEqual(['openid']);
  });

  it('give lifetimes in seconds', () => {
    expect(load().ttl).toEqual({
      login_consent_request: 1800,
      authentication_session: 2_592_000,
      access_token: 3600,
      refresh_token: 2_592_000,
      id_token: 3600,
      auth_code: 600,
      device_user_code: 600,
      vc_nonce: 3600,
      pushed_authorization_request: 60,
      authorization_response: 300,
      ciba_request: 300,
    });
  });

  it('do not include SameSite, which the writer of a cookie decides', () => {
    expect(load().serve.cookies.same_site_mode).toBeUndefined();
  });

  it('are deeply frozen', () => {
    const { serve } = load();
    expect(() => serve.public.cors.allowed_origins.push('*')).toThrow(TypeError);
    expect(() => Object.assign(serve.cookies.names, { session: 'x' })).toThrow(TypeError);
  });
});

describe('addresses', () => {
  it('are derived from the issuer, which stays unchanged', () => {
    expect(load({ URLS_SELF_ISSUER: 'https://id.example.com' }).urls).toMatchObject({
      self: { issuer: 'https://id.example.com', public: 'https://id.example.com/' },
      login: 'https://id.example.com/oauth2/fallbacks/login',
      registration: 'https://id.example.com/oauth2/fallbacks/login',
      consent: 'https://id.example.com/oauth2/fallbacks/consent',
      logout: 'https://id.example.com/oauth2/fallbacks/logout',
      error: 'https://id.example.com/oauth2/fallbacks/error',
      post_logout_redirect: 'https://id.example.com/oauth2/fallbacks/logout/callback',
      device: {
        verification: 'https://id.example.com/oauth2/fallbacks/device',
        success: 'https://id.example.com/oauth2/fallbacks/device/done',
      },
    });
  });

  it('keep the path of the public base', () => {
    const { login, self } = load({ URLS_SELF_PUBLIC: 'https://public.example/base' }).urls;
    expect([self.public, login]).toEqual([
      'https://public.example/base',
      'https://public.example/base/oauth2/fallbacks/login',
    ]);
  });

  it.each([
    ['https://ui.example', 'https://ui.example/'],
    ['https://ui.example?tenant=a', 'https://ui.example/?tenant=a'],
    ['https://ui.example/login?tenant=a#top', 'https://ui.example/login?tenant=a#top'],
    ['/ui/login', '/ui/login'],
  ])('of a page get a path: %s becomes %s', (given, address) => {
    expect(load({ URLS_LOGIN: given }).urls).toMatchObject({ login: address, registration: address });
  });

  it('include a separate sign-up page if it is given', () => {
    expect(load({ URLS_LOGIN: '/login', URLS_REGISTRATION: '/sign-up' }).urls.registration).toBe('/sign-up');
  });

  it('are derived from the listener in development mode', () => {
    const env = { DSN, SECRETS_SYSTEM: SECRET, SERVE_PUBLIC_PORT: '4000', SERVE_ADMIN_HOST: '::1' };
    const { self } = loadConfiguration({ files: [], env, dev: true }).urls;
    expect(self).toEqual({
      issuer: 'http://localhost:4000/',
      public: 'http://localhost:4000/',
      admin: 'http://[::1]:4445/',
    });
  });
});

describe('secrets', () => {
  it('for cookies and page tokens are by default those of the system', () => {
    const [first, second] = ['the-first-system-secret', 'the-second-system-secret'];
    expect(load({ SECRETS_SYSTEM: `${first},${second}` }).secrets).toEqual({
      system: [first, second],
      cookie: [first, second],
      own_cookie: [],
      pagination: [first, second],
      accept_unbound: true,
    });
  });

  it('are used as given, and those of the system also decrypt earlier cookies', () => {
    const env = { SECRETS_COOKIE: 'a-secret-for-cookies', SECRETS_PAGINATION: 'a-secret-for-page-tokens' };
    expect(load(env).secrets).toEqual({
      system: [SECRET],
      cookie: ['a-secret-for-cookies', SECRET],
      own_cookie: ['a-secret-for-cookies'],
      pagination: ['a-secret-for-page-tokens'],
      accept_unbound: true,
    });
  });

  it('for the system are required with a configured database', () => {
    expect(faultsOf({ DSN, URLS_SELF_ISSUER: 'https://id.example' })).toEqual([
      'not set (a file, or the variable SECRETS_SYSTEM): secrets.system: expected a list with at least one text of 16 characters or more',
    ]);
  });
});

describe('without a database', () => {
  it('the embedded one is used, with a generated secret, in development mode on loopback', () => {
    const draft = readConfiguration({ files: [], env: {} });
    expect(draft).toMatchObject({ embedded: { dataDir: './data', temporary: false }, needsSecret: true });
    expect(draft.complete('generated-0123456')).toMatchObject({
      dev: true,
      serve: { public: { host: '127.0.0.1' }, admin: { host: '127.0.0.1' } },
      secrets: { system: ['generated-0123456'], cookie: ['generated-0123456'] },
      urls: { self: { issuer: 'http://127.0.0.1:4444/' } },
    });
  });

  it('an issuer that is given must be https unless development mode is given, too', () => {
    expect(faultsOf({ URLS_SELF_ISSUER: 'http://id.example' })).toEqual([expect.stringContaining('https://')]);
    expect(faultsOf({ URLS_SELF_ISSUER: 'http://id.example', SECRETS_SYSTEM: SECRET }, { dev: true })).toEqual([]);
    const env = { URLS_SELF_ISSUER: 'https://id.example', SECRETS_SYSTEM: SECRET };
    expect(loadConfiguration({ files: [], env })).toMatchObject({
      dev: false,
      serve: { public: { host: '127.0.0.1' } },
    });
  });

  it('given values take precedence over those for the embedded database', () => {
    const env = { DATA_DIR: '/srv', DEV: 'false', SERVE_PUBLIC_HOST: '0.0.0.0', ...PRODUCTION, DSN: 'memory' };
    const draft = readConfiguration({ files: [], env });
    expect(draft).toMatchObject({ embedded: { dataDir: '/srv', temporary: true }, needsSecret: false });
    expect(draft.complete('generated-0123456')).toMatchObject({
      dsn: 'memory',
      dev: false,
      serve: { public: { host: '0.0.0.0' }, admin: { host: '127.0.0.1' } },
      secrets: { system: [SECRET] },
    });
  });

  it('a system secret must be given or generated', () => {
    expect(faultsOf({})).toEqual([expect.stringContaining('secrets.system')]);
    expect(loadConfiguration({ files: [], env: {}, generatedSecret: SECRET }).secrets.system).toEqual([SECRET]);
  });

  it('a configured database replaces the embedded one', () => {
    expect(readConfiguration({ files: [], env: PRODUCTION }).embedded).toBeUndefined();
  });
});

describe('precedence', () => {
  it('the flag overrides defaults, the environment overrides the flag, and fixed values override all', () => {
    expect(load({}, { dev: true }).dev).toBe(true);
    expect(load({ DEV: 'false' }, { dev: true }).dev).toBe(false);
    expect(load({ DEV: 'false' }, { dev: true, fixed: { dev: true } }).dev).toBe(true);
  });
});

describe('values', () => {
  it.each([
    ['TTL_REFRESH_TOKEN', '-1', { ttl: { refresh_token: -1 } }],
    ['TTL_ACCESS_TOKEN', '1h5m1s', { ttl: { access_token: 3901 } }],
    ['TTL_AUTH_CODE', '300ms', { ttl: { auth_code: 0.3 } }],
    ['TTL_AUTHENTICATION_SESSION', '9000h', { ttl: { authentication_session: 15_552_000 } }],
    ['OAUTH2_TOKEN_HOOK', 'https://hook.example/', { oauth2: { token_hook: { url: 'https://hook.example/' } } }],
    [
      'OAUTH2_REFRESH_TOKEN_HOOK',
      '{"url":"https://h.example/","auth":{"type":"api_key","config":{"name":"X-Key","value":"k"}}}',
      {
        oauth2: {
          refresh_token_hook: {
            url: 'https://h.example/',
            auth: { config: { in: 'header', name: 'X-Key', value: 'k' } },
          },
        },
      },
    ],
    [
      'OAUTH2_DEVICE_AUTHORIZATION_USER_CODE_ENTROPY_PRESET',
      'low',
      { oauth2: { device_authorization: { user_code: { length: 9, character_set: '0123456789' } } } },
    ],
    [
      'OAUTH2_DEVICE_AUTHORIZATION_USER_CODE',
      '{"length":6,"character_set":"abcdEFGHefgh"}',
      { oauth2: { device_authorization: { user_code: { length: 6, character_set: 'ABCDEFGH' } } } },
    ],
    [
      'OIDC_SUBJECT_IDENTIFIERS_PAIRWISE_SALT',
      'grains-of-salt',
      { oidc: { subject_identifiers: { pairwise: { salt: 'grains-of-salt' } } } },
    ],
  ])('%s=%s', (name, text, expected) => {
    expect(load({ [name]: text })).toMatchObject(expected);
  });
});

describe('rules between keys', () => {
  it.each([
    [{ URLS_SELF_ISSUER: 'http://id.example' }, 'urls.self.issuer: expected an address that begins with https://'],
    [{ URLS_SELF_ISSUER: '' }, 'urls.self.issuer: expected an address that begins with https://'],
    [
      { OIDC_SUBJECT_IDENTIFIERS_SUPPORTED_TYPES: 'pairwise' },
      'oidc.subject_identifiers.pairwise.salt: expected a text of 8',
    ],
    [
      { OIDC_SUBJECT_IDENTIFIERS_SUPPORTED_TYPES: 'pairwise', OIDC_SUBJECT_IDENTIFIERS_PAIRWISE_SALT: 'short' },
      'variable OIDC_SUBJECT_IDENTIFIERS_PAIRWISE_SALT: oidc.subject_identifiers.pairwise.salt: expected a text of 8',
    ],
    [
      {
        OAUTH2_DEVICE_AUTHORIZATION_USER_CODE_ENTROPY_PRESET: 'low',
        OAUTH2_DEVICE_AUTHORIZATION_USER_CODE_LENGTH: '6',
        OAUTH2_DEVICE_AUTHORIZATION_USER_CODE_CHARACTER_SET: 'ABCDEFGH',
      },
      'user_code.entropy_preset: expected either this or length and character_set',
    ],
    [{ OAUTH2_DEVICE_AUTHORIZATION_USER_CODE_LENGTH: '6' }, 'user_code: expected character_set together with length'],
    [
      {
        OAUTH2_DEVICE_AUTHORIZATION_USER_CODE_LENGTH: '6',
        OAUTH2_DEVICE_AUTHORIZATION_USER_CODE_CHARACTER_SET: 'abcdABCD',
      },
      'user_code.character_set: expected 8 different characters or more',
    ],
    [{ REDIS_URL: 'redis://r', REDIS_CLUSTER: 'a:1,b:1' }, 'redis: expected one of url and cluster, not both'],
    [{ TTL_AUTHORIZATION_RESPONSE: '601s' }, 'ttl.authorization_response: expected a duration from 1s to 10m'],
    [{ TTL_AUTHORIZATION_RESPONSE: '0s' }, 'ttl.authorization_response: expected a duration from 1s to 10m'],
    [{ OAUTH2_INTROSPECTION_JWT: 'true' }, 'jwt: expected false, or oauth2.introspection.public to be true'],
    [{ TTL_PUSHED_AUTHORIZATION_REQUEST: '10m' }, 'ttl.pushed_authorization_request: expected a duration from 1s'],
    [
      { OIDC_CIBA_ENABLED: 'true' },
      'oidc.ciba.hook: expected the address of your app, because oidc.ciba.enabled is true',
    ],
    [{ OIDC_CIBA_HOOK: 'http://app.example/' }, 'oidc.ciba.hook: expected an address that begins with https://'],
    [{ OIDC_CIBA_INTERVAL: '1500ms' }, 'oidc.ciba.interval: expected a duration of whole seconds'],
    [{ TTL_CIBA_REQUEST: '25h' }, 'ttl.ciba_request: expected a duration from 1s to 24h'],
    [{ TTL_PUSHED_AUTHORIZATION_REQUEST: '500ms' }, 'ttl.pushed_authorization_request: expected a duration from 1s'],
    [{ TTL_PUSHED_AUTHORIZATION_REQUEST: 'soon' }, 'ttl.pushed_authorization_request: expected a duration such as'],
    [
      { OAUTH2_PUSHED_AUTHORIZATION_REQUESTS_REQUIRED: 'true' },
      'requests.required: expected false, or oauth2.pushed_authorization_requests.enabled to be true',
    ],
    [
      { OAUTH2_PUSHED_AUTHORIZATION_REQUESTS_ALLOW_UNREGISTERED_REDIRECT_URIS: 'true' },
      'requests.allow_unregistered_redirect_uris: expected false, or oauth2.pushed_authorization_requests.enabled',
    ],
    [
      {
        STRATEGIES_ACCESS_TOKEN: 'jwt',
        STRATEGIES_JWT_PROFILE: 'rfc9068',
        OAUTH2_GRANT_JWT_CLIENT_AUTHENTICATION_OPTIONAL: 'true',
      },
      'strategies.jwt.profile: expected hydra, or oauth2.grant.jwt.client_authentication_optional to be false',
    ],
    [{ HSM_ENABLED: 'true' }, 'hsm.enabled: expected false'],
    [{ SERVE_TLS_ENABLED: 'true', SERVE_TLS_CERT_PATH: '/c' }, 'serve.tls.key: expected path or base64'],
    [{ SERVE_ADMIN_TLS_ENABLED: 'true', SERVE_TLS_KEY_PATH: '/k' }, 'serve.admin.tls.cert: expected path or base64'],
    [
      { SERVE_TLS_ALLOW_TERMINATION_FROM: '10.0.0.0/33' },
      'serve.tls.allow_termination_from[0]: expected a network such as 10.0.0.0/8',
    ],
    [
      { DSN: 'mysql://u:p@tcp(h)/d' },
      'dsn: expected postgres://user:password@host:5432/database, or memory; mysql is not supported',
    ],
    [{ DSN: '' }, 'dsn: expected postgres://user:password@host:5432/database, or memory'],
    [{ DATABASE_DIRECT_DSN: 'memory' }, 'database.direct_dsn: expected postgres://'],
  ])('%j is refused', (env, message) => {
    expect(faultsOf({ ...PRODUCTION, ...env })).toEqual([expect.stringContaining(message)]);
  });

  it('a short salt is accepted while pairwise is not a supported type', () => {
    expect(faultsOf({ ...PRODUCTION, OIDC_SUBJECT_IDENTIFIERS_PAIRWISE_SALT: 'short' })).toEqual([]);
  });
});

describe('faults', () => {
  it('are reported all together, once each', () => {
    expect(
      faultsOf(
        { DSN: 'sqlite://x', SECRETS_SYSTEM: 'short', SERVE_PUBLIC_PORT: '0', TTL_ID_TOKEN: 'soon' },
        { dev: true },
      ),
    ).toEqual([
      'variable SERVE_PUBLIC_PORT: serve.public.port: expected a number from 1 to 65535, got 0',
      'variable TTL_ID_TOKEN: ttl.id_token: expected a duration such as 30s, 10m or 1h30m, got "soon"',
      'variable SECRETS_SYSTEM: secrets.system[0]: expected at least 16 characters',
      'variable DSN: dsn: expected postgres://user:password@host:5432/database, or memory; sqlite is not supported',
    ]);
  });

  it('never contain a secret', () => {
    const secret = 's3cret-to-hide';
    const env = {
      DSN: `mysql://u:${secret}@h/d`,
      DATABASE_DIRECT_DSN: `mysql://u:${secret}@h/d`,
      REDIS_URL: `http://u:${secret}@h`,
      REDIS_CLUSTER: `["",{"${secret}":1}]`,
      REDIS_SENTINEL: `{"password":["${secret}"]}`,
      SECRETS_SYSTEM: `${secret},x`,
      SECRETS_COOKIE_0: secret,
      SECRETS_PAGINATION: `["${secret}`,
      OIDC_SUBJECT_IDENTIFIERS_SUPPORTED_TYPES: 'pairwise',
      OIDC_SUBJECT_IDENTIFIERS_PAIRWISE_SALT: 's3cret-',
      OAUTH2_TOKEN_HOOK: `ftp://${secret}@h/`,
      OAUTH2_REFRESH_TOKEN_HOOK: `{"url":"x","auth":{"type":"basic","config":{"name":"n","value":"${secret}","in":"body"}}}`,
      URLS_IDENTITY_PROVIDER_HEADERS: `{"authorization":["${secret}"]}`,
      TRACING_PROVIDERS_OTLP_AUTHORIZATION_HEADER: secret,
      HSM_PIN: secret,
      HSM_ENABLED: 'true',
      SERVE_TLS: `{"key":"${secret}"}`,
    };
    const faults = faultsOf(env);
    expect(faults.length).toBeGreaterThan(12);
    expect(faults.join('\n')).not.toContain('s3cret');
  });
});

describe('configuredDsn', () => {
  it('reads the dsn without checking the other keys', () => {
    expect(configuredDsn({ files: [], env: { DSN, SECRETS_SYSTEM: 'short', SERVE_PUBLIC_PORT: 'x' } })).toBe(DSN);
    expect(configuredDsn({ files: [], env: {} })).toBeUndefined();
  });

  it('checks the dsn', () => {
    expect(() => configuredDsn({ files: [], env: { DSN: 'mysql://h/d' } })).toThrow('mysql is not supported');
  });
});
