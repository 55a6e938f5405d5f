import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CLIENT_ASSERTION_JWT, DEVICE_CODE } from '../../../src/protocol/constants.js';
import { CookieBrowser } from '../../support/cookie-browser.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { RelyingParty, send } from '../../support/relying-party.js';
import { ISSUER, startTestServer, type TestServer } from '../../support/server.js';

const ROUNDS = 20;

describe('while a client is changed continuously through both servers', () => {
  let database: TestDatabase;
  let one: TestServer;
  let two: TestServer;
  /** Stops the changes of the test. */
  let stop: () => Promise<void>;

  beforeAll(async () => {
    database = await freshDatabase();
    [one, two] = [await startTestServer(database.dsn), await startTestServer(database.dsn)];
  });
  afterEach(() => stop());
  afterAll(async () => {
    await Promise.all([one.stop(), two.stop()]);
    await database.drop();
  });

  async function changing(registration: Record<string, unknown> = {}): Promise<RelyingParty> {
    const client = await RelyingParty.register(one, registration);
    let over = false;
    const change = async (server: TestServer): Promise<void> => {
      for (let i = 0; !over; i++) {
        const value = `openid offline_access photos.* mark${i}`;
        await client
          .at(server)
          .admin('PATCH', `/clients/${client.clientId}`, [{ op: 'replace', path: '/scope', value }]);
      }
    };
    const changes = Promise.all([change(one), change(one), change(two)]);
    stop = async () => {
      over = true;
      await changes;
    };
    return client;
  }

  it('its own tokens are issued', async () => {
    const client = await changing();
    const ask = async (server: TestServer): Promise<number[]> => {
      const statuses: number[] = [];
      for (let i = 0; i < ROUNDS; i++) {
        statuses.push((await client.at(server).token({ grant_type: 'client_credentials' })).status);
      }
      return statuses;
    };
    const statuses = (await Promise.all([ask(one), ask(one), ask(two)])).flat();
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  it('people log in, codes are redeemed and refresh tokens are renewed', async () => {
    const client = await changing();
    for (let i = 0; i < ROUNDS / 2; i++) {
      const { refresh_token: token } = await client.at(i % 2 ? one : two).tokens();
      expect((await client.refresh(token)).status).toBe(200);
    }
  });

  it('an assertion of the client is spent once, and never by an attempt with a stale client', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const client = await changing({
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'ES256', use: 'sig' }] },
    });
    const assertion = (): Promise<string> =>
      new SignJWT({ jti: randomUUID() })
        .setProtectedHeader({ alg: 'ES256', kid: 'k' })
        .setIssuer(client.clientId)
        .setSubject(client.clientId)
        .setAudience(`${ISSUER}/oauth2/token`)
        .setExpirationTime('1m')
        .sign(privateKey);
    const ask = async (jwt: string, server: TestServer): Promise<unknown> => {
      const form = {
        grant_type: 'client_credentials',
        client_assertion_type: CLIENT_ASSERTION_JWT,
        client_assertion: jwt,
      };
      const { status, json } = await send('POST', `${server.public}/oauth2/token`, { body: new URLSearchParams(form) });
      return json.error ?? status;
    };
    const answers: unknown[] = [];
    for (let i = 0; i < ROUNDS; i++) {
      const jwt = await assertion();
      answers.push([await ask(jwt, i % 2 ? one : two), await ask(jwt, one)]);
    }
    expect(answers).toEqual(Array.from({ length: ROUNDS }, () => [200, 'jti_known']));
  });

  it('devices get the tokens that people approve', async () => {
    const client = await changing({ grant_types: [DEVICE_CODE, 'refresh_token'] });
    for (let i = 0; i < ROUNDS / 4; i++) {
      const at = client.at(i % 2 ? one : two);
      const { user_code, device_code } = (await at.startDevice()).json as Record<string, string>;
      const browser = new CookieBrowser(at.server);
      const page = await browser.go('/oauth2/device/verify');
      const challenge = new URL(page.headers.get('location') ?? '').searchParams.get('device_challenge') ?? '';
      const accept = `/oauth2/auth/requests/device/accept?device_challenge=${challenge}`;
      const { redirect_to } = (await at.admin('PUT', accept, { user_code })).json as Record<string, string>;
      await browser.walk(redirect_to ?? '');
      const answer = await at.token({ grant_type: DEVICE_CODE, device_code: device_code ?? '' });
      expect([answer.status, answer.json.error]).toEqual([200, undefined]);
    }
  });
});
