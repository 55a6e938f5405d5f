import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEVICE_CODE } from '../../../src/protocol/constants.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { redisUrl } from '../../support/redis.js';
import { type Answer, RelyingParty, send } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';

const LIMIT = 3;
const STORES = [
  ['PostgreSQL', false],
  ['Redis', true],
] as const;

for (const [store, withRedis] of STORES) {
  describe.skipIf(withRedis && !redisUrl())(`wrong user codes by address, flows on ${store}`, () => {
    let database: TestDatabase;
    let limited: TestServer;
    let unlimited: TestServer;

    beforeAll(async () => {
      database = await freshDatabase();
      const flows = withRedis ? { redis: { url: redisUrl(), prefix: `guesses-${process.pid}:` } } : {};
      const oauth2 = { device_authorization: { max_guesses_per_address: LIMIT } };
      limited = await startTestServer(database.dsn, { ...flows, oauth2 });
      unlimited = await startTestServer(database.dsn, flows);
    });
    afterAll(async () => {
      await Promise.all([limited.stop(), unlimited.stop()]);
      await database.drop();
    });

    it('are limited whatever request they are made for, where it is configured', async () => {
      const client = await RelyingParty.register(limited, {
        grant_types: [DEVICE_CODE],
        response_types: [],
        token_endpoint_auth_method: 'none',
      });
      const body = new URLSearchParams({ client_id: client.clientId });
      const { json } = await send('POST', `${limited.public}/oauth2/device/auth`, { body });
      const right = json.user_code as string;
      expect((await enter(limited, right)).status).toBe(200);
      for (let i = 0; i < LIMIT; i++) {
        const wrong = await enter(limited, 'wrongone');
        expect([wrong.status, wrong.json.error]).toEqual([400, 'invalid_request']);
      }
      const late = await enter(limited, right);
      expect([late.status, late.json.error]).toEqual([400, 'invalid_request']);
      expect(late.json.error_description).toContain('ten minutes');
      expect((await enter(unlimited, right)).status).toBe(200);
    });
  });
}

/** Begins a request in a browser of its own, and enters the code in the device app. */
async function enter(server: TestServer, userCode: string): Promise<Answer> {
  const { headers } = await send('GET', `${server.public}/oauth2/device/verify`);
  const challenge = new URL(headers.get('location') ?? '').searchParams.get('device_challenge') ?? '';
  return send('PUT', `${server.admin}/admin/oauth2/auth/requests/device/accept?device_challenge=${challenge}`, {
    body: JSON.stringify({ user_code: userCode }),
  });
}
