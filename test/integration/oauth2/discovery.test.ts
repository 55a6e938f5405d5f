import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { RelyingParty, send } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';

const OIDC = '/.well-known/openid-configuration';
const OAUTH = '/.well-known/oauth-authorization-server';
const ISSUER = 'http://id.example/tenants/eu';
const BASE = 'http://id.example';
const ASSERTIONS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512'];

describe('the metadata of the server', () => {
  let database: TestDatabase;
  let server: TestServer;
  let other: TestServer;
  let client: RelyingParty;

  beforeAll(async () => {
    database = await freshDatabase();
    server = await startTestServer(database.dsn, {
      keys: { algorithm: 'ES256' },
      urls: { self: { issuer: ISSUER, public: BASE } },
      oidc: { dynamic_client_registration: { enabled: true } },
      oauth2: { introspection: { public: true } },
      webfinger: {
        oidc_discovery: { supported_scope: ['openid', 'photos', 'photos'], supported_claims: ['sub', 'name'] },
      },
    });
    other = await startTestServer(database.dsn, {
      webfinger: {
        oidc_discovery: {
          revocation_url: 'https://gate.example/revoke',
          introspection_url: 'https://gate.example/introspect',
          end_session_url: 'https://gate.example/logout',
          client_registration_url: 'https://gate.example/register',
        },
      },
    });
    client = await RelyingParty.register(server);
  });
  afterAll(async () => {
    await Promise.all([server.stop(), other.stop()]);
    await database.drop();
  });

  const read = async (path: string, at = server) => {
    const { status, json } = await send('GET', at.public + path);
    return { status, json };
  };

  it('names the enabled endpoints, and how clients authenticate there', async () => {
    const { json } = await read(OIDC);
    expect(json).toMatchObject({
      issuer: ISSUER,
      registration_endpoint: `${BASE}/oauth2/register`,
      revocation_endpoint: `${BASE}/oauth2/revoke`,
      end_session_endpoint: `${BASE}/oauth2/sessions/logout`,
      introspection_endpoint: `${BASE}/oauth2/introspect`,
      introspection_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic', 'private_key_jwt'],
      introspection_endpoint_auth_signing_alg_values_supported: ASSERTIONS,
      revocation_endpoint_auth_signing_alg_values_supported: ASSERTIONS,
      token_endpoint_auth_signing_alg_values_supported: ASSERTIONS,
    });
    expect(json['revocation_endpoint_auth_methods_supported']).toEqual(json['token_endpoint_auth_methods_supported']);
    expect(json['request_object_signing_alg_values_supported']).toEqual(['none', ...ASSERTIONS, 'EdDSA']);
    expect(json['grant_types_supported']).toContain('urn:ietf:params:oauth:grant-type:jwt-bearer');
  });

  it('names a disabled endpoint only by the address that is configured for it', async () => {
    const { json } = await read(OIDC, other);
    expect(json).toMatchObject({
      registration_endpoint: 'https://gate.example/register',
      revocation_endpoint: 'https://gate.example/revoke',
      introspection_endpoint: 'https://gate.example/introspect',
      end_session_endpoint: 'https://gate.example/logout',
    });
    expect(json).not.toHaveProperty('introspection_endpoint_auth_methods_supported');
    const closed = await startTestServer(database.dsn);
    const members = Object.keys((await read(OIDC, closed)).json);
    await closed.stop();
    expect(members.filter((name) => /^(registration|introspection)_/.test(name))).toEqual([]);
  });

  it('names every value once', async () => {
    const { json } = await read(OIDC);
    expect(json['scopes_supported']).toEqual(['offline_access', 'offline', 'openid', 'photos']);
    expect(json['claims_supported']).toEqual(['sub', 'name']);
    for (const value of Object.values(json)) if (Array.isArray(value)) expect(new Set(value).size).toBe(value.length);
  });

  it('is served with its keys at the addresses of an issuer with a path, but not at those of another', async () => {
    const { json } = await read(OIDC);
    for (const path of [
      OAUTH,
      `${OAUTH}/tenants/eu`,
      `${OIDC}/tenants/eu`,
      `/tenants/eu${OIDC}`,
      `/tenants/eu${OAUTH}`,
    ]) {
      expect([path, await read(path)]).toEqual([path, { status: 200, json }]);
    }
    expect(json['jwks_uri']).toBe(`${ISSUER}/.well-known/jwks.json`);
    expect((await read('/tenants/eu/.well-known/jwks.json')).json).toEqual((await read('/.well-known/jwks.json')).json);
    for (const path of [`${OAUTH}/tenants/us`, `${OAUTH}/tenants`, `/tenants/us${OIDC}`, `/tenants/eu/oauth2/token`]) {
      expect([path, (await read(path)).status]).toEqual([path, 404]);
      expect((await read(path, other)).status).toBe(404);
    }
    expect((await send('GET', `${server.admin}/tenants/eu${OIDC}`)).status).toBe(404);
  });

  describe('lists the algorithms of the existing keys', () => {
    const algorithmsOf = async (at = server) => (await read(OIDC, at)).json['id_token_signing_alg_values_supported'];

    it('always with RS256, and that of the newest key first', async () => {
      expect(await algorithmsOf()).toEqual(['ES256', 'RS256']);
      await client.admin('POST', '/keys/hydra.openid.id-token', { alg: 'PS256', kid: 'newest' });
      const { json } = await read(OIDC);
      expect(json).toMatchObject({
        id_token_signing_alg_values_supported: ['PS256', 'ES256', 'RS256'],
        userinfo_signing_alg_values_supported: ['none', 'PS256', 'ES256', 'RS256'],
        id_token_signed_response_alg: ['PS256', 'ES256', 'RS256'],
      });
      await client.admin('DELETE', '/keys/hydra.openid.id-token/newest');
      expect(await algorithmsOf()).toEqual(['ES256', 'RS256']);
    });

    it('and clients may register only for them', async () => {
      const register = async (field: string, alg: unknown) =>
        (await client.admin('POST', '/clients', { [field]: alg })).status;
      for (const field of ['id_token_signed_response_alg', 'userinfo_signed_response_alg']) {
        expect([await register(field, 'ES256'), await register(field, 'RS256')]).toEqual([201, 201]);
        expect([await register(field, 'ES384'), await register(field, 'HS256')]).toEqual([400, 400]);
      }
      expect(await register('id_token_signed_response_alg', 'none')).toBe(400);
      expect(await register('id_token_signed_response_alg', null)).toBe(201);
    });
  });
});
