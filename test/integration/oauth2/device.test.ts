import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEVICE_CODE } from '../../../src/protocol/constants.js';
import { CookieBrowser, type Step } from '../../support/cookie-browser.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { redisUrl } from '../../support/redis.js';
import { type Answer, RelyingParty, send } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';

const STORES = [
  ['PostgreSQL', false],
  ['Redis', true],
] as const;
const POLLS = 12;
const GUESSES = 3;

for (const [store, withRedis] of STORES) {
  describe.skipIf(withRedis && !redisUrl())(`the device flow, flows on ${store}`, () => {
    let database: TestDatabase;
    let one: TestServer;
    let two: TestServer;
    let client: RelyingParty;

    beforeAll(async () => {
      database = await freshDatabase();
      const flows = withRedis ? { redis: { url: redisUrl(), prefix: `device-${process.pid}:` } } : {};
      one = await startTestServer(database.dsn, flows);
      two = await startTestServer(database.dsn, flows);
      client = await RelyingParty.register(one, { grant_types: [DEVICE_CODE] });
    });
    afterAll(async () => {
      await Promise.all([one.stop(), two.stop()]);
      await database.drop();
    });

    const started = async (): Promise<Record<string, string>> =>
      (await client.startDevice()).json as Record<string, string>;
    const poll = async (code = ''): Promise<unknown> =>
      (await client.token({ grant_type: DEVICE_CODE, device_code: code })).json.error;

    it.each<[string, (code: string) => string]>([
      ['small letters', (code) => code.toLowerCase()],
      ['a dash', (code) => `${code.slice(0, 4)}-${code.slice(4)}`],
      ['blanks', (code) => ` ${code.slice(0, 4)} ${code.slice(4)} `],
      ['all of these', (code) => `${code.slice(0, 4)} - ${code.slice(4)}`.toLowerCase()],
    ])('accepts a user code in %s (RFC 8628 §6.1)', async (_, typed) => {
      const { user_code = '' } = await started();
      expect(user_code).toMatch(/^[A-Z0-9]{8}$/);
      const page = await new CookieBrowser(one).go('/oauth2/device/verify');
      const challenge = new URL(page.headers.get('location') ?? '').searchParams.get('device_challenge') ?? '';
      const accept = `/oauth2/auth/requests/device/accept?device_challenge=${challenge}`;
      expect((await client.admin('PUT', accept, { user_code: '-'.repeat(1000) })).status).toBe(400);
      expect((await client.admin('PUT', accept, { user_code: typed(user_code) })).status).toBe(200);
    });

    it('counts one of many polls at once as in time, whatever process they come to', async () => {
      const { device_code = '' } = await started();
      const form = { grant_type: DEVICE_CODE, device_code };
      const said = (await client.volley(POLLS, form, [one, two])).map(({ json }) => json.error);
      expect(said.filter((error) => error === 'authorization_pending')).toHaveLength(1);
      expect(said.filter((error) => error === 'slow_down')).toHaveLength(POLLS - 1);
    });

    it('sends slow_down to a device that polls again at once, each time', async () => {
      const { device_code } = await started();
      const said = [await poll(device_code), await poll(device_code), await poll(device_code)];
      expect(said).toEqual(['authorization_pending', 'slow_down', 'slow_down']);
    });

    it('starts for a client that authenticates without a client_id in the form (RFC 8628 §3.1)', async () => {
      const begin = (form: Record<string, string>) =>
        send('POST', `${one.public}/oauth2/device/auth`, {
          body: new URLSearchParams({ scope: 'openid', ...form }),
          headers: client.credentials,
        });
      expect((await begin({})).status).toBe(200);
      expect((await begin({ client_id: client.clientId })).status).toBe(200);
      expect((await begin({ client_id: 'another' })).json.error).toMatch(/^invalid_(request|client)$/);
    });
  });
}

describe('the device flow in a browser', () => {
  let database: TestDatabase;
  let server: TestServer;

  beforeAll(async () => {
    database = await freshDatabase();
    server = await startTestServer(database.dsn);
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  it.each<[Step, string, string, unknown]>([
    ['login', 'a scope', '/scope', 'openid'],
    ['consent', 'a scope', '/scope', 'openid'],
    ['login', 'the grant type', '/grant_types', ['client_credentials']],
    ['consent', 'the grant type', '/grant_types', ['client_credentials']],
  ])('a device gets nothing where the client lost, before the person answered %s, %s', async (step, _, path, value) => {
    const client = await RelyingParty.register(server, { grant_types: [DEVICE_CODE] });
    const { user_code, device_code } = (await client.startDevice()).json as Record<string, string>;
    const browser = new CookieBrowser(server);
    const page = await browser.go('/oauth2/device/verify');
    const challenge = new URL(page.headers.get('location') ?? '').searchParams.get('device_challenge') ?? '';
    const accept = `/oauth2/auth/requests/device/accept?device_challenge=${challenge}`;
    const { redirect_to } = (await client.admin('PUT', accept, { user_code })).json as Record<string, string>;
    const asked = await browser.walk(redirect_to ?? '', { until: step });
    const asking = asked.parameters[`${step}_challenge`] ?? '';
    expect(asking).not.toBe('');

    const changed = await client.admin('PATCH', `/clients/${client.clientId}`, [{ op: 'replace', path, value }]);
    expect(changed.status).toBe(200);
    const end = await browser.walk(await browser.accept(step, asking));
    expect(end.parameters.error).toMatch(/^invalid_(scope|grant)$/);
    const { access_token, error } = (await client.token({ grant_type: DEVICE_CODE, device_code: device_code ?? '' }))
      .json;
    expect(access_token).toBeUndefined();
    expect(error).toMatch(/^(access_denied|unauthorized_client)$/);
  });

  it('a browser that brings a device verifier without the cookie, or with that of another, is told why', async () => {
    const client = await RelyingParty.register(server, { grant_types: [DEVICE_CODE] });
    const begun = await new CookieBrowser(server).go('/oauth2/device/verify');
    const challenge = new URL(begun.headers.get('location') ?? '').searchParams.get('device_challenge') ?? '';
    const user_code = (await client.startDevice()).json.user_code;
    const path = `/oauth2/auth/requests/device/accept?device_challenge=${challenge}`;
    const address = (await client.admin('PUT', path, { user_code })).json.redirect_to as string;
    const refusalOf = async (browser: CookieBrowser): Promise<string> =>
      (await browser.go(address)).headers.get('location') ?? '';

    const without = new URL(await refusalOf(new CookieBrowser(server))).searchParams;
    expect(without.get('error')).toBe('request_forbidden');
    expect(without.get('error_description')).toMatch(
      /did not send the cookie 'ory_hydra_device_csrf'.*another host name/,
    );

    const other = new CookieBrowser(server);
    await other.go('/oauth2/device/verify');
    const elsewhere = new URL(await refusalOf(other)).searchParams;
    expect(elsewhere.get('error_description')).toContain('in another browser or profile');
  });

  it('pages that one browser opens at once, before it has any cookie, all continue to login', async () => {
    const client = await RelyingParty.register(server, { grant_types: [DEVICE_CODE] });
    const browser = new CookieBrowser(server);
    const pages = await Promise.all([1, 2, 3].map(() => browser.go('/oauth2/device/verify')));
    for (const page of pages) {
      const challenge = new URL(page.headers.get('location') ?? '').searchParams.get('device_challenge') ?? '';
      const user_code = (await client.startDevice()).json.user_code;
      const path = `/oauth2/auth/requests/device/accept?device_challenge=${challenge}`;
      const address = (await client.admin('PUT', path, { user_code })).json.redirect_to as string;
      const onward = new URL((await browser.go(address)).headers.get('location') ?? '').searchParams;
      expect(onward.get('error')).toBeNull();
      expect(onward.get('login_challenge')).toBeTruthy();
    }
  });
});

for (const [store, withRedis] of STORES) {
  describe.skipIf(withRedis && !redisUrl())(`wrong user codes by address, flows on ${store}`, () => {
    let database: TestDatabase;
    let limited: TestServer;
    let unlimited: TestServer;

    beforeAll(async () => {
      database = await freshDatabase();
      const flows = withRedis ? { redis: { url: redisUrl(), prefix: `guesses-${process.pid}:` } } : {};
      const oauth2 = { device_authorization: { max_guesses_per_address: GUESSES } };
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
      for (let i = 0; i < GUESSES; i++) {
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

/** Begins a request in a new browser, and enters the code in the device app. */
async function enter(server: TestServer, userCode: string): Promise<Answer> {
  const { headers } = await send('GET', `${server.public}/oauth2/device/verify`);
  const challenge = new URL(headers.get('location') ?? '').searchParams.get('device_challenge') ?? '';
  return send('PUT', `${server.admin}/admin/oauth2/auth/requests/device/accept?device_challenge=${challenge}`, {
    body: JSON.stringify({ user_code: userCode }),
  });
}
