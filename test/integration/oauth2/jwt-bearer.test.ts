import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JWT_BEARER } from '../../../src/protocol/constants.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { type Answer, RelyingParty, send } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { TrustedIssuer } from '../../support/trusted-issuer.js';

describe('the JWT bearer grant (RFC 7523 §2.1)', () => {
  let database: TestDatabase;
  let generous: TestServer;
  let open: TestServer;
  let jwts: TestServer;

  beforeAll(async () => {
    database = await freshDatabase();
    generous = await startTestServer(database.dsn, {
      oauth2: { client_credentials: { default_grant_allowed_scope: true } },
    });
    const optional = { grant: { jwt: { client_authentication_optional: true } } };
    open = await startTestServer(database.dsn, {
      oauth2: { ...optional, client_credentials: { default_grant_allowed_scope: true } },
    });
    jwts = await startTestServer(database.dsn, { oauth2: optional, strategies: { access_token: 'jwt' } });
  });
  afterAll(async () => {
    await Promise.all([generous, open, jwts].map((server) => server.stop()));
    await database.drop();
  });

  /** A request without a client. */
  const alone = (server: TestServer, form: Record<string, string>, headers = {}): Promise<Answer> =>
    send('POST', `${server.public}/oauth2/token`, {
      body: new URLSearchParams({ grant_type: JWT_BEARER, ...form }),
      headers,
    });
  const introspected = async (server: TestServer, token: unknown): Promise<Record<string, unknown>> => {
    const body = new URLSearchParams({ token: token as string });
    return (await send('POST', `${server.admin}/admin/oauth2/introspect`, { body })).json;
  };

  const unscoped = async (trusted: string[], scope: string): Promise<Answer> => {
    const client = await RelyingParty.register(generous, { grant_types: [JWT_BEARER], scope });
    const issuer = await TrustedIssuer.of(generous, { scope: trusted });
    return client.token({ grant_type: JWT_BEARER, assertion: issuer.assertion() });
  };

  it.each([
    ['of what both list', ['read', 'write'], 'read admin', 'read'],
    ['of nothing where the issuer may vouch for nothing', [], 'read admin', ''],
    [
      'of what the issuer lists and a pattern of the client admits',
      ['photos.read', 'admin'],
      'photos.*',
      'photos.read',
    ],
    ['of what the client lists and a pattern of the issuer admits', ['photos.*'], 'photos.read admin', 'photos.read'],
  ])('issues a token %s for a request without scope', async (_, trusted, registered, granted) => {
    const { status, json } = await unscoped(trusted, registered);
    expect([status, json.scope]).toEqual([200, granted]);
  });

  it('takes no JWT of another kind that the issuer signed, such as an access token (RFC 8725 §3.11)', async () => {
    const client = await RelyingParty.register(generous, { grant_types: [JWT_BEARER] });
    const issuer = await TrustedIssuer.of(generous);
    const use = async (typ: string): Promise<unknown> => {
      const { status, json } = await client.token({ grant_type: JWT_BEARER, assertion: issuer.assertion({}, { typ }) });
      return [status, json.error];
    };
    for (const typ of ['at+jwt', 'application/client-authentication+jwt', 'logout+jwt']) {
      expect(await use(typ)).toEqual([400, 'invalid_grant']);
    }
    for (const typ of ['JWT', 'authorization-grant+jwt']) expect(await use(typ)).toEqual([200, undefined]);
  });

  it('requires a client by default', async () => {
    const issuer = await TrustedIssuer.of(generous, { scope: ['read'] });
    const { status, json } = await alone(generous, { assertion: issuer.assertion(), scope: 'read' });
    expect([status, json.error]).toEqual([400, 'invalid_request']);
  });

  it('issues a token for the assertion alone, if the operator allows it', async () => {
    const issuer = await TrustedIssuer.of(open, { scope: ['read'] });
    const assertion = issuer.assertion();
    const { status, json } = await alone(open, { assertion, scope: 'read' });
    expect([status, json.scope, json.refresh_token, json.id_token]).toEqual([200, 'read', undefined, undefined]);
    const told = await introspected(open, json.access_token);
    expect(told).toMatchObject({ active: true, sub: 'bob', scope: 'read', aud: [] });
    expect(told).not.toHaveProperty('client_id');
    expect((await alone(open, { assertion, scope: 'read' })).json.error).toBe('jti_known');
  });

  it('issues such a token also as a JWT, without a client_id', async () => {
    const issuer = await TrustedIssuer.of(jwts, { scope: ['read'] });
    const { json } = await alone(jwts, { assertion: issuer.assertion(), scope: 'read' });
    expect(decodeJwt(json.access_token as string)).toMatchObject({ sub: 'bob', scp: ['read'] });
    expect(decodeJwt(json.access_token as string)).not.toHaveProperty('client_id');
    expect((await introspected(jwts, json.access_token)).active).toBe(true);
  });

  it('grants only requested scopes, and no audience, without a client', async () => {
    const issuer = await TrustedIssuer.of(open, { scope: ['read'] });
    const { json } = await alone(open, { assertion: issuer.assertion(), audience: 'https://api.example' });
    expect(json.scope).toBe('');
    expect((await introspected(open, json.access_token)).aud).toEqual([]);
    const beyond = await alone(open, { assertion: issuer.assertion(), scope: 'admin' });
    expect(beyond.json.error).toBe('invalid_scope');
  });

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ['a client that does not exist', { client_id: 'nobody' }, {}],
    ['a secret without a client', { client_secret: 'a-secret' }, {}],
    ['a client assertion that is none', { client_assertion: 'x' }, {}],
    ['a Basic header', {}, { authorization: `Basic ${Buffer.from('nobody:secret').toString('base64')}` }],
    ['another Authorization header', {}, { authorization: 'Bearer x' }],
  ])('still checks %s', async (_, form, headers) => {
    const issuer = await TrustedIssuer.of(open, { scope: ['read'] });
    const answer = await alone(open, { assertion: issuer.assertion(), scope: 'read', ...form }, headers);
    expect(answer.json.error).toMatch(/^invalid_(client|request)$/);
    expect(answer.json.access_token).toBeUndefined();
  });

  it('requires a client for every other grant', async () => {
    const { json } = await alone(open, { grant_type: 'client_credentials' });
    expect(json.error).toMatch(/^invalid_(client|request)$/);
  });
});
