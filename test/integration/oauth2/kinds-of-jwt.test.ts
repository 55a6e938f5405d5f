/**
 * Which JWT of this server each endpoint takes (RFC 8725 §3.11, RFC 9068 §4). One key signs all of them here, as an operator
 * may have imported it, so that nothing but type and claims tells one kind from another.
 */
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CookieBrowser } from '../../support/cookie-browser.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { type Answer, CALLBACK, RelyingParty, send } from '../../support/relying-party.js';
import { ISSUER, startTestServer, type TestServer } from '../../support/server.js';

const KINDS = [
  ...['access token', 'ID token', 'logout token', 'authorization response'],
  ...['userinfo', 'introspection', 'verifiable credential', 'client assertion'],
] as const;
type Kind = (typeof KINDS)[number];

describe.each(['rfc9068', 'hydra'])('a JWT of this server, whose access tokens have the profile %s,', (profile) => {
  let database: TestDatabase;
  let server: TestServer;
  let client: RelyingParty;
  /** Its keys are those of the server, which no honest client has. */
  let impostor: RelyingParty;
  let jwts: Record<Kind, string>;

  beforeAll(async () => {
    database = await freshDatabase();
    server = await startTestServer(database.dsn, {
      strategies: { access_token: 'jwt', jwt: { profile } },
      oauth2: { introspection: { public: true } },
    });
    const pair = await generateKeyPair('ES256', { extractable: true });
    const key: JWK = { ...(await exportJWK(pair.privateKey)), kid: 'one', alg: 'ES256', use: 'sig' };
    const publicKey: JWK = { ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'ES256', use: 'sig' };
    client = await RelyingParty.register(server);
    for (const set of ['hydra.openid.id-token', 'hydra.jwt.access-token']) {
      const { status, text } = await client.admin('PUT', `/keys/${set}`, { keys: [key] });
      expect(status, text).toBe(200);
    }
    const jwks = { keys: [publicKey] };
    impostor = await RelyingParty.register(server, {
      ...{ token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: 'ES256', jwks },
      grant_types: ['authorization_code', 'client_credentials'],
    });
    await client.admin('POST', '/trust/grants/jwt-bearer/issuers', {
      ...{ issuer: ISSUER, allow_any_subject: true, scope: [], jwk: publicKey, expires_at: '2100-01-01T00:00:00Z' },
    });
    const { access_token, id_token } = await client.tokens();
    const now = Math.floor(Date.now() / 1000);
    const aud = client.clientId;
    const signed = (claims: JWTPayload, typ?: string): Promise<string> =>
      new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'one', typ }).sign(pair.privateKey);
    const subject = { iss: ISSUER, sub: 'alice', iat: now, jti: 'a-jti' };
    jwts = {
      'access token': access_token,
      'ID token': id_token,
      'logout token': await signed({ ...subject, aud, exp: now + 60, sid: 's', events: {} }, 'logout+jwt'),
      'authorization response': await signed({ iss: ISSUER, aud, exp: now + 60, code: 'c', state: 'a-long-state' }),
      userinfo: await signed({ ...subject, aud: [aud] }, 'JWT'),
      introspection: await signed(
        { iss: ISSUER, aud, iat: now, token_introspection: { active: true, sub: 'alice' } },
        'token-introspection+jwt',
      ),
      'verifiable credential': await signed({ ...subject, exp: now + 60, vc: {} }, 'JWT'),
      'client assertion': await signed(
        { iss: impostor.clientId, sub: impostor.clientId, aud: ISSUER, iat: now, exp: now + 60, jti: 'once' },
        'client-authentication+jwt',
      ),
    };
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  const post = (path: string, form: Record<string, string>, headers = {}): Promise<Answer> =>
    send('POST', server.public + path, { body: new URLSearchParams(form), headers });
  const assertion = (jwt: string) => ({
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: jwt,
  });

  /** What takes a JWT: whether it took this one. */
  const ENDPOINTS: Record<string, { takes: readonly Kind[]; take: (jwt: string) => Promise<boolean> }> = {
    userinfo: {
      takes: ['access token'],
      take: async (jwt) =>
        (await send('GET', `${server.public}/userinfo`, { headers: { authorization: `Bearer ${jwt}` } })).status ===
        200,
    },
    introspection: { takes: ['access token'], take: (jwt) => client.isActive(jwt) },
    'introspection on the public listener': {
      takes: ['access token'],
      take: async (jwt) =>
        (await post('/oauth2/introspect', { token: jwt }, client.credentials)).json['active'] === true,
    },
    'id_token_hint of an authorization request': {
      takes: ['ID token'],
      take: async (jwt) => {
        const end = await new CookieBrowser(server).walk(client.address({ id_token_hint: jwt }));
        return end.login !== undefined;
      },
    },
    'id_token_hint of a logout': {
      takes: ['ID token'],
      take: async (jwt) => {
        const target = `${server.public}/oauth2/sessions/logout?id_token_hint=${jwt}`;
        const location = (await send('GET', target)).headers.get('location') ?? '';
        return !new URL(location, ISSUER).searchParams.has('error');
      },
    },
    'an authorization grant': {
      takes: [],
      take: async (jwt) => {
        const grant = { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: jwt };
        return (await post('/oauth2/token', grant, client.credentials)).status === 200;
      },
    },
    'client authentication': {
      takes: ['client assertion'],
      take: async (jwt) =>
        (await post('/oauth2/token', { grant_type: 'client_credentials', ...assertion(jwt) })).status === 200,
    },
    'a request object': {
      takes: [],
      take: async (jwt) => {
        const query = { client_id: impostor.clientId, request: jwt, redirect_uri: CALLBACK, response_type: 'code' };
        const address = `/oauth2/auth?${new URLSearchParams({ ...query, state: 'a-long-state' }).toString()}`;
        return (await new CookieBrowser(server).walk(address)).login !== undefined;
      },
    },
  };

  it.each(Object.entries(ENDPOINTS))('is taken by %s only if it is of the right kind', async (_, { takes, take }) => {
    const taken: Kind[] = [];
    for (const kind of KINDS) if (await take(jwts[kind])) taken.push(kind);
    expect(taken).toEqual(takes);
  });
});
