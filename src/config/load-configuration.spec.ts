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
/** A production configuration without more than it needs. */
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
  it('are those of the reference', () => {
    expect(load()).toMatchObject({
      dev: false,
      log: { level: 'info', format: 'text', leak_sensitive_values: false },
      serve: { public: { host: '0.0.0.0', port: 4444 }, admin: { host: '0.0.0.0', port: 4445 } },
      strategies: { scope: 'wildcard', access_token: 'opaque', jwt: { scope_claim: 'list' } },
      oauth2: { hashers: { algorithm: 'pbkdf2', pbkdf2: { iterations: 25_000 } }, mirror_top_level_claims: true },
      oidc: { dynamic_client_registration: { enabled: false, default_scope: ['offline_access', 'offline', 'openid'] } },
      webfinger: { jwks: { broadcast_keys: ['hydra.openid.id-token'] } },
    });
  });

  it('have lifespans in seconds', () => {
    expect(load().ttl).toEqual({
      login_consent_request: 1800,
      authentication_session: 2_592_000,
      access_token: 3600,
      refresh_token: 2_592_000,
      id_token: 3600,
      auth_code: 600,
      device_user_code: 600,
      vc_nonce: 3600,
    });
  });

  it('leave SameSite to who sets cookies', () => {
    expect(load().serve.cookies.same_site_mode).toBeUndefined();
  });

  it('are frozen to the last value', () => {
    const { serve } = load();
    expect(() => serve.public.cors.allowed_origins.push('*')).toThrow(TypeError);
    expect(() => Object.assign(serve.cookies.names, { session: 'x' })).toThrow(TypeError);
  });
});

describe('addresses', () => {
  it('follow from the issuer, which stays as it is', () => {
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
  ])('of pages: %s becomes %s', (given, address) => {
    expect(load({ URLS_LOGIN: given }).urls).toMatchObject({ login: address, registration: address });
  });

  it('of sign-up is its own where it is given', () => {
    expect(load({ URLS_LOGIN: '/login', URLS_REGISTRATION: '/sign-up' }).urls.registration).toBe('/sign-up');
  });

  it('in development mode follow from the listener', () => {
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
  it('of cookies and of pages fall back to those of the system', () => {
    const [first, second] = ['the-first-system-secret', 'the-second-system-secret'];
    expect(load({ SECRETS_SYSTEM: `${first},${second}` }).secrets).toEqual({
      system: [first, second],
      cookie: [first, second],
      pagination: [first, second],
    });
  });

  it('are used as given; those of the system open cookies from before', () => {
    const env = { SECRETS_COOKIE: 'a-secret-for-cookies', SECRETS_PAGINATION: 'a-secret-for-page-tokens' };
    expect(load(env).secrets).toEqual({
      system: [SECRET],
      cookie: ['a-secret-for-cookies', SECRET],
      pagination: ['a-secret-for-page-tokens'],
    });
  });

  it('of the system are required with a database', () => {
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

  it('nothing that is given is overruled', () => {
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

  it('the secret must come from somewhere', () => {
    expect(faultsOf({})).toEqual([expect.stringContaining('secrets.system')]);
    expect(loadConfiguration({ files: [], env: {}, generatedSecret: SECRET }).secrets.system).toEqual([SECRET]);
  });

  it('with one, there is no embedded database', () => {
    expect(readConfiguration({ files: [], env: PRODUCTION }).embedded).toBeUndefined();
  });
});

describe('precedence', () => {
  it('the flag wins over defaults, the environment over the flag, and fixed values over all', () => {
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
      '{"length":6,"character_set":"ABCDEFGH"}',
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
    [{ REDIS_URL: 'redis://r', REDIS_CLUSTER: 'a:1,b:1' }, 'redis: expected one of url and cluster, not both'],
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

  it('a short salt does not matter while no subject is pairwise', () => {
    expect(faultsOf({ ...PRODUCTION, OIDC_SUBJECT_IDENTIFIERS_PAIRWISE_SALT: 'short' })).toEqual([]);
  });
});

describe('faults', () => {
  it('are told all together, once each', () => {
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

  it('never hold a secret', () => {
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

describe('the dsn alone', () => {
  it('is read without judging the rest', () => {
    expect(configuredDsn({ files: [], env: { DSN, SECRETS_SYSTEM: 'short', SERVE_PUBLIC_PORT: 'x' } })).toBe(DSN);
    expect(configuredDsn({ files: [], env: {} })).toBeUndefined();
  });

  it('is judged itself', () => {
    expect(() => configuredDsn({ files: [], env: { DSN: 'mysql://h/d' } })).toThrow('mysql is not supported');
  });
});
