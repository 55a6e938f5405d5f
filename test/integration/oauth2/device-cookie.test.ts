import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEVICE_CODE } from '../../../src/protocol/constants.js';
import { CookieBrowser } from '../../support/cookie-browser.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { RelyingParty } from '../../support/relying-party.js';
import { startTestServer, type TestServer } from '../../support/server.js';

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

it('pages that one browser opens at the same instant, before it has any cookie, all go on to login', async () => {
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
