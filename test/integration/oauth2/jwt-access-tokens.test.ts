import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { RelyingParty } from '../../support/relying-party.js';
import { startTestServer } from '../../support/server.js';

describe('the type of JWT access tokens', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await freshDatabase();
  });
  afterAll(() => database.drop());

  it.each([
    ['JWT', {}],
    ['at+jwt', { typ: 'at+jwt', scope_claim: 'string' }],
  ])('is %s, and such a token is accepted like any other', async (typ, jwt) => {
    const server = await startTestServer(database.dsn, { strategies: { access_token: 'jwt', jwt } });
    try {
      const client = await RelyingParty.register(server);
      const { access_token: token, id_token: idToken } = await client.tokens();
      expect(part(token, 0)).toMatchObject({ typ, alg: 'RS256' });
      expect(part(idToken, 0).typ).toBe('JWT');
      // RFC 9068 §2.2
      for (const claim of ['iss', 'exp', 'aud', 'sub', 'client_id', 'iat', 'jti']) {
        expect(part(token, 1)).toHaveProperty(claim);
      }
      expect(part(token, 1).scope).toBe(typ === 'JWT' ? undefined : 'openid offline_access');
      expect(await client.isActive(token)).toBe(true);
      expect(await client.isActive(idToken)).toBe(false);
    } finally {
      await server.stop();
    }
  });
});

function part(jwt: string, index: number): Record<string, unknown> {
  return JSON.parse(Buffer.from(jwt.split('.')[index] ?? '', 'base64url').toString()) as Record<string, unknown>;
}
