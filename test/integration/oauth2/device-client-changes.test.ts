import { afterAll, beforeAll, expect, it } from 'vitest';
import { DEVICE_CODE } from '../../../src/protocol/constants.js';
import { CookieBrowser, type Step } from '../../support/cookie-browser.js';
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
