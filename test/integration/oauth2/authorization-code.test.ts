import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { redisUrl } from '../../support/redis.js';
import { CALLBACK, RelyingParty } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';

const STORES = [
  ['PostgreSQL', false],
  ['Redis', true],
] as const;

for (const [store, withRedis] of STORES) {
  describe.skipIf(withRedis && !redisUrl())(`authorization codes, flows on ${store}`, () => {
    let database: TestDatabase;
    let one: TestServer;
    let two: TestServer;

    beforeAll(async () => {
      database = await freshDatabase();
      const settings = withRedis ? { redis: { url: redisUrl(), prefix: 'code-test:' } } : {};
      one = await startTestServer(database.dsn, settings);
      two = await startTestServer(database.dsn, settings);
    });
    afterAll(async () => {
      await Promise.all([one.stop(), two.stop()]);
      await database.drop();
    });

    it('redeemed 100 times at once over two servers give one token set, which lives until a replay', async () => {
      const client = await RelyingParty.register(one);
      const code = await client.code();
      const form = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK };
      const answers = await client.volley(100, form, [one, two]);
      const won = answers.filter(({ status }) => status === 200);
      expect(won).toHaveLength(1);
      for (const { status, json } of answers) if (status !== 200) expect(json.error).toBe('invalid_grant');
      const { access_token: access, refresh_token: refresh } = won[0]!.json as Record<string, string>;
      expect([await client.isActive(access!), await client.isActive(refresh!)]).toEqual([true, true]);
      const replay = async () => {
        const { json } = await client.redeem(code); // where the other server answered, it may be a race for 100 ms more
        return [json.error, await client.isActive(access!), await client.isActive(refresh!)];
      };
      await expect.poll(replay, { timeout: 10_000 }).toEqual(['invalid_grant', false, false]);
    });

    it('end with their client, and the same id registered again revives none', async () => {
      const id = { client_id: `again-${store}`, client_secret: 'a secret of the test' };
      const client = await RelyingParty.register(one, id);
      const tokens = await client.tokens();
      const code = await client.code();
      await client.admin('DELETE', `/clients/${client.clientId}`);
      expect((await client.at(two).redeem(code)).json.error).toBe('invalid_client');
      const again = (await RelyingParty.register(one, id)).withSecret(id.client_secret);
      expect((await again.redeem(code)).json.error).toBe('invalid_grant');
      expect((await again.refresh(tokens.refresh_token)).json.error).toBe('invalid_grant');
      expect(await again.isActive(tokens.access_token)).toBe(false);
    });
  });
}
