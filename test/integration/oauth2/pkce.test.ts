import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { redisUrl } from '../../support/redis.js';
import { CALLBACK, RelyingParty, send } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';

// The pair of RFC 7636 appendix B.
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const CHALLENGE = { code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' };

const STORES = [
  ['PostgreSQL', false],
  ['Redis', true],
] as const;

for (const [store, withRedis] of STORES) {
  describe.skipIf(withRedis && !redisUrl())(`a code that is bound to a challenge (RFC 7636), flows on ${store}`, () => {
    let database: TestDatabase;
    let one: TestServer;
    let two: TestServer;

    beforeAll(async () => {
      database = await freshDatabase();
      const settings = withRedis ? { redis: { url: redisUrl(), prefix: 'pkce-test:' } } : {};
      one = await startTestServer(database.dsn, settings);
      two = await startTestServer(database.dsn, settings);
    });
    afterAll(async () => {
      await Promise.all([one.stop(), two.stop()]);
      await database.drop();
    });

    it('survive every failed attempt, and are bound to their challenge until they are redeemed', async () => {
      const client = await RelyingParty.register(one);
      const code = await client.code(CHALLENGE);
      const other = await RelyingParty.register(two);
      const failures = [
        await client.redeem(code),
        await client.redeem(code, { code_verifier: 'short' }),
        await client.redeem(code, { code_verifier: VERIFIER.replace('d', 'e') }),
        await client.redeem(code, { code_verifier: VERIFIER, redirect_uri: `${CALLBACK}/` }),
        await other.redeem(code, { code_verifier: VERIFIER }),
      ];
      for (const { status, json } of failures) expect([status, json.error]).toEqual([400, 'invalid_grant']);
      const wrong = await client.withSecret('not the secret').redeem(code, { code_verifier: VERIFIER });
      expect([wrong.status, wrong.json.error]).toEqual([401, 'invalid_client']);
      expect((await client.at(two).redeem(code, { code_verifier: VERIFIER })).status).toBe(200);
    });

    it('used again with a wrong verifier end the grant all the same', async () => {
      const client = await RelyingParty.register(one);
      const code = await client.code(CHALLENGE);
      const { json } = await client.redeem(code, { code_verifier: VERIFIER });
      expect((await client.redeem(code, { code_verifier: VERIFIER.replace('d', 'e') })).json.error).toBe(
        'invalid_grant',
      );
      expect(await client.isActive(json.access_token as string)).toBe(false);
    });
  });
}

describe('the PKCE requirement', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await freshDatabase();
  });
  afterAll(() => database.drop());

  /** The errors of the authorization endpoint for a public and for a confidential client with these parameters. */
  async function answers(pkce: object, parameters: Record<string, string>): Promise<(string | undefined)[]> {
    const server = await startTestServer(database.dsn, { oauth2: { pkce } });
    try {
      const methods = ['none', 'client_secret_basic'].map(async (method) => {
        const client = await RelyingParty.register(server, { token_endpoint_auth_method: method });
        const { headers } = await send('GET', server.public + client.address(parameters));
        return new URL(headers.get('location') ?? '').searchParams.get('error') ?? undefined;
      });
      return await Promise.all(methods);
    } finally {
      await server.stop();
    }
  }

  it.each([
    ['applies to no client', {}, [undefined, undefined]],
    ['applies to public clients', { enforced_for_public_clients: true }, ['invalid_request', undefined]],
    ['applies to all clients', { enforced: true }, ['invalid_request', 'invalid_request']],
  ])('%s with the configuration %j', async (_, pkce, expected) => {
    expect(await answers(pkce, {})).toEqual(expected);
    expect(await answers(pkce, CHALLENGE)).toEqual([undefined, undefined]);
  });

  it.each([
    ['plain (RFC 9700 §2.1.1)', { ...CHALLENGE, code_challenge_method: 'plain' }],
    ['without a method, which stands for plain (RFC 7636 §4.3)', { code_challenge: CHALLENGE.code_challenge }],
    ['no digest', { ...CHALLENGE, code_challenge: 'short' }],
  ])('refuses a challenge that is %s', async (_, parameters) => {
    expect(await answers({}, parameters as Record<string, string>)).toEqual(['invalid_request', 'invalid_request']);
  });
});

describe('a code without a challenge', () => {
  it('accepts no verifier, which would hide that the challenge was removed (RFC 9700 §2.1.1)', async () => {
    const database = await freshDatabase();
    const server = await startTestServer(database.dsn);
    const client = await RelyingParty.register(server);
    const { status, json } = await client.redeem(await client.code(), { code_verifier: VERIFIER });
    await server.stop();
    await database.drop();
    expect([status, json.error]).toEqual([400, 'invalid_grant']);
  });
});
