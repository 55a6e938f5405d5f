import { createHash } from 'node:crypto';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { RelyingParty, send } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';

const SET = '/keys/hydra.openid.id-token';

describe('the algorithm that a client registered', () => {
  let database: TestDatabase;
  let server: TestServer;
  let admin: RelyingParty;

  beforeAll(async () => {
    database = await freshDatabase();
    server = await startTestServer(database.dsn);
    admin = await RelyingParty.register(server);
    for (const alg of ['ES256', 'EdDSA', 'PS512']) await admin.admin('POST', SET, { alg, kid: alg });
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  const register = (over: Record<string, unknown>): Promise<RelyingParty> =>
    RelyingParty.register(server, { grant_types: ['authorization_code', 'implicit', 'refresh_token'], ...over });
  /** The `alg` of a JWT, which is verified with the published keys. */
  const algOf = async (jwt: string): Promise<unknown> => {
    const keys = (await send('GET', `${server.public}/.well-known/jwks.json`)).json as unknown as JSONWebKeySet;
    return (await jwtVerify(jwt, createLocalJWKSet(keys), { clockTolerance: 5 })).protectedHeader.alg;
  };
  const hashOf = (digest: string, text: unknown): string => {
    const hash = createHash(digest).update(String(text)).digest();
    return hash.subarray(0, hash.length / 2).toString('base64url');
  };

  it('signs its ID tokens: of a code, in the answer of the authorization endpoint, and refreshed', async () => {
    for (const [alg, digest] of [
      ['RS256', 'sha256'],
      ['ES256', 'sha256'],
      ['PS512', 'sha512'],
      ['EdDSA', 'sha512'],
    ] as const) {
      const client = await register({ id_token_signed_response_alg: alg });
      const { id_token, refresh_token, access_token } = await client.tokens();
      expect([await algOf(id_token), decodeJwt(id_token)['at_hash']]).toEqual([alg, hashOf(digest, access_token)]);
      expect(await algOf((await client.refresh(refresh_token)).json.id_token as string)).toBe(alg);
      const hybrid = await client.authorize({ response_type: 'code id_token token' });
      const front = hybrid.get('id_token') ?? '';
      expect([await algOf(front), decodeJwt(front)['c_hash']]).toEqual([alg, hashOf(digest, hybrid.get('code'))]);
    }
  });

  it('is by default that of the newest key', async () => {
    expect(await algOf((await (await register({})).tokens()).id_token)).toBe('PS512');
  });

  it('signs userinfo, whatever the algorithm of its ID tokens', async () => {
    for (const alg of ['RS256', 'ES256', 'EdDSA']) {
      const client = await register({ userinfo_signed_response_alg: alg });
      const { access_token, id_token } = await client.tokens();
      const headers = { authorization: `Bearer ${access_token}` };
      const { text } = await send('GET', `${server.public}/userinfo`, { headers });
      expect([await algOf(text), decodeProtectedHeader(id_token).alg]).toEqual([alg, 'PS512']);
    }
  });

  it('is shown in its registration', async () => {
    const { clientId } = await register({ id_token_signed_response_alg: 'ES256' });
    const { json } = await admin.admin('GET', `/clients/${clientId}`);
    expect(json['id_token_signed_response_alg']).toBe('ES256');
    const plain = await admin.admin('GET', `/clients/${admin.clientId}`);
    expect(plain.json).not.toHaveProperty('id_token_signed_response_alg');
  });

  it('gets a new key if its last one was deleted, which does not sign for other clients', async () => {
    const client = await register({ id_token_signed_response_alg: 'EdDSA' });
    await admin.admin('DELETE', `${SET}/EdDSA`);
    const { id_token } = await client.tokens();
    expect([await algOf(id_token), decodeProtectedHeader(id_token).kid === 'EdDSA']).toEqual(['EdDSA', false]);
    expect(await algOf((await admin.tokens()).id_token)).toBe('PS512');
  });
});
