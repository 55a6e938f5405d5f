import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JWT_BEARER } from '../../../src/protocol/constants.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { type Answer, RelyingParty, send } from '../../support/relying-party.js';
import { ISSUER, startTestServer, type TestServer } from '../../support/server.js';
import { TrustedIssuer } from '../../support/trusted-issuer.js';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const LIMIT = 6;
const SECRET = 'a-secret-of-the-tests';

type Claims = Record<string, unknown>;

describe('assertions at the token endpoint', () => {
  let database: TestDatabase;
  let server: TestServer;
  let client: RelyingParty;
  let bearer: RelyingParty;
  let issuer: TrustedIssuer;

  beforeAll(async () => {
    database = await freshDatabase();
    server = await startTestServer(database.dsn, {
      oauth2: { grant: { jwt: { omit_assertion_audience: false } } },
      rate_limits: { window: '1h', token: { per_client: LIMIT } },
    });
    bearer = (await RelyingParty.register(server, { grant_types: [JWT_BEARER], client_secret: SECRET })).withSecret(
      SECRET,
    );
    issuer = await TrustedIssuer.of(server);
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
      jwks: { keys: [issuer.jwk] },
    });
  const authenticated = ({ clientId }: RelyingParty, over: Claims = {}): Promise<Answer> => {
    const client_assertion = issuer.assertion({ iss: clientId, sub: clientId, ...over });
    const form = { grant_type: 'client_credentials', client_assertion_type: ASSERTION_TYPE, client_assertion };
    return send('POST', `${server.public}/oauth2/token`, { body: new URLSearchParams(form) });
  };
  const granted = (over: Claims): Promise<Answer> =>
    bearer.token({ grant_type: JWT_BEARER, assertion: issuer.assertion(over) });

  it.each([9e12, 1e300])('that authenticate a client may expire beyond the range of a Date: %d', async (exp) => {
    const jti = randomUUID();
    const own = await registered();
    expect((await authenticated(own, { exp, jti })).status).toBe(200);
    expect((await authenticated(own, { exp, jti })).json.error).toBe('jti_known');
  });

  it('that stand for a grant may not: they have a longest life, and are not issued in the future', async () => {
    for (const times of [{ exp: 9e12 }, { iat: 9e12 - 60, exp: 9e12 }, { iat: 1e300, exp: 1e300 }]) {
      expect((await granted(times)).json.error).toBe('invalid_grant');
    }
  });

  it.each([
    [{ aud: [`${ISSUER}/oauth2/token`, 'a\u0000b'] }],
    [{ aud: [`${ISSUER}/oauth2/token`, '\ud800'] }],
    [{ sub: 'bob\ud800' }],
  ])('with text that no database can store are refused: %j', async (over) => {
    const answer = await granted(over);
    expect([answer.status, answer.json.error]).toEqual([400, 'invalid_grant']);
  });

  it('are spent once, and counted once, if the client changed meanwhile', async () => {
    for (let i = 0; i < LIMIT; i++) {
      expect((await authenticated(client)).status).toBe(200); // and now it is remembered
      await changedUnheard(client.clientId);
    }
    expect((await authenticated(client)).status).toBe(429);
  });

  /** Changes the client as another replica would, before its message arrives. */
  async function changedUnheard(clientId: string): Promise<void> {
    const sql = new pg.Client(database.dsn);
    await sql.connect();
    await sql.query('set session_replication_role = replica'); // no trigger tells of the change
    await sql.query('update client set version = version + 1 where client_id = $1', [clientId]);
    await sql.end();
  }
});
