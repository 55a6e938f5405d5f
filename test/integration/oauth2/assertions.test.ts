import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JWT_BEARER } from '../../../src/protocol/constants.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { type Answer, RelyingParty, send } from '../../support/relying-party.js';
import { ISSUER, startTestServer, type TestServer } from '../../support/server.js';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const LIMIT = 6;
const SECRET = 'a-secret-of-the-tests';
const TRUSTED = 'https://issuer.example';
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'ES256', use: 'sig' };

type Claims = Record<string, unknown>;

const now = (): number => Math.floor(Date.now() / 1000);
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function jwt(claims: Claims): string {
  const times = { iat: now(), exp: now() + 60 };
  const payload = { aud: `${ISSUER}/oauth2/token`, jti: randomUUID(), ...times, ...claims };
  const input = `${part({ alg: 'ES256', kid: 'k' })}.${part(payload)}`;
  const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
}

describe('assertions at the token endpoint', () => {
  let database: TestDatabase;
  let server: TestServer;
  let client: RelyingParty;
  let bearer: RelyingParty;

  beforeAll(async () => {
    database = await freshDatabase();
    server = await startTestServer(database.dsn, {
      oauth2: { grant: { jwt: { omit_assertion_audience: false } } },
      rate_limits: { window: '1h', token: { per_client: LIMIT } },
    });
    bearer = (await RelyingParty.register(server, { grant_types: [JWT_BEARER], client_secret: SECRET })).withSecret(
      SECRET,
    );
    const trust = { issuer: TRUSTED, allow_any_subject: true, scope: [], expires_at: '2100-01-01T00:00:00Z', jwk };
    expect((await bearer.admin('POST', '/trust/grants/jwt-bearer/issuers', trust)).status).toBe(201);
    client = await registered();
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  const registered = (): Promise<RelyingParty> =>
    RelyingParty.register(server, {
      grant_types: ['client_credentials'],
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      jwks: { keys: [jwk] },
    });
  const authenticated = ({ clientId }: RelyingParty, over: Claims = {}): Promise<Answer> => {
    const client_assertion = jwt({ iss: clientId, sub: clientId, ...over });
    const form = { grant_type: 'client_credentials', client_assertion_type: ASSERTION_TYPE, client_assertion };
    return send('POST', `${server.public}/oauth2/token`, { body: new URLSearchParams(form) });
  };
  const granted = (over: Claims): Promise<Answer> =>
    bearer.token({ grant_type: JWT_BEARER, assertion: jwt({ iss: TRUSTED, sub: 'bob', ...over }) });

  it.each([9e12, 1e300])('that authenticate a client may expire beyond every date: %d', async (exp) => {
    const jti = randomUUID();
    const own = await registered();
    expect((await authenticated(own, { exp, jti })).status).toBe(200);
    expect((await authenticated(own, { exp, jti })).json.error).toBe('jti_known');
  });

  it('that stand for a grant may do so too', async () => {
    const jti = randomUUID();
    expect((await granted({ iat: 9e12 - 60, exp: 9e12, jti })).status).toBe(200);
    expect((await granted({ iat: 9e12 - 60, exp: 9e12, jti })).json.error).toBe('jti_known');
  });

  it.each([
    [{ aud: [`${ISSUER}/oauth2/token`, 'a\u0000b'] }],
    [{ aud: [`${ISSUER}/oauth2/token`, '\ud800'] }],
    [{ sub: 'bob\ud800' }],
  ])('that hold what no database can hold are refused: %j', async (over) => {
    const answer = await granted(over);
    expect([answer.status, answer.json.error]).toEqual([400, 'invalid_grant']);
  });

  it('are spent once, and counted once, where the client turns out to have changed meanwhile', async () => {
    for (let i = 0; i < LIMIT; i++) {
      expect((await authenticated(client)).status).toBe(200); // and now it is remembered
      await changedUnheard(client.clientId);
    }
    expect((await authenticated(client)).status).toBe(429);
  });

  /** As on another replica, before the message of it arrives. */
  async function changedUnheard(clientId: string): Promise<void> {
    const sql = new pg.Client(database.dsn);
    await sql.connect();
    await sql.query('set session_replication_role = replica'); // no trigger tells of the change
    await sql.query('update client set version = version + 1 where client_id = $1', [clientId]);
    await sql.end();
  }
});
