/** `ostiary doctor --fapi CLIENT`, as an operator runs it. */
import { stringify } from 'yaml';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/cli/doctor/finding.js';
import { certificate } from '../../support/certificates.js';
import { FapiParty } from '../../support/fapi-party.js';
import { freePort } from '../../support/free-ports.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { send } from '../../support/send.js';
import { startTestServer, testSettings, type TestServer } from '../../support/server.js';
import { Folder } from '../config/folder.js';
import { killAll, ostiary, program } from './ostiary.js';

const folder = new Folder();
const ON = { pushed_authorization_requests: { enabled: true }, dpop: { enabled: true } };
let database: TestDatabase;
let server: TestServer;
let settings: Record<string, unknown>;

beforeAll(async () => {
  await program();
  database = await freshDatabase();
  const port = await freePort();
  const self = { issuer: `http://127.0.0.1:${String(port)}` };
  const urls = { self, login: 'http://ui.example/login', consent: 'http://ui.example/consent' };
  settings = { urls, keys: { algorithm: 'ES256' }, oauth2: ON };
  server = await startTestServer(database.dsn, settings, { ports: { public: port } });
});
afterEach(killAll);
afterAll(async () => {
  folder.remove();
  await server.stop();
  await database.drop();
});

async function doctor(clientId: string, over: Record<string, unknown> = {}) {
  const whole = { ...testSettings(database.dsn, { ...settings, ...over }), dev: true };
  const file = folder.write('doctor.yaml', stringify(whole));
  const { code, stdout, stderr } = await ostiary(['doctor', '-c', file, '--fapi', clientId, '--format', 'json']);
  const all = JSON.parse(stdout) as Finding[];
  const others = all.filter(({ check, state }) => check !== 'fapi' && state === 'fail');
  return { code, stderr, others, found: all.filter(({ check }) => check === 'fapi') };
}

/** The members that the findings name, in their order. */
const named = (found: Finding[]): unknown[] =>
  found.filter(({ state }) => state === 'fail').map(({ finding }) => /'(\w+)'/.exec(finding)?.[1]);

describe('ostiary doctor --fapi', () => {
  it.each(['fapi-2.0', 'fapi-2.0-message-signing'])('says of a client that it conforms to %s', async (profile) => {
    const { clientId } = await FapiParty.register(server, { security_profile: profile });
    expect(await doctor(clientId)).toEqual({
      ...{ code: 0, stderr: '', others: [] },
      found: [{ check: 'fapi', state: 'ok', finding: `${clientId} conforms to ${profile}` }],
    });
  });

  it('lists all that a client lacks before it gets its profile', async () => {
    const { status, json, text } = await send('POST', `${server.admin}/admin/clients`, {
      body: JSON.stringify({
        grant_types: ['authorization_code', 'implicit'],
        response_types: ['code', 'token'],
        redirect_uris: ['http://localhost/cb'],
        token_endpoint_auth_signing_alg: 'RS256',
      }),
    });
    expect(status, text).toBe(201);
    const { code, stderr, others, found } = await doctor(String(json.client_id));
    expect([code, stderr, others]).toEqual([1, '6 checks failed.\n', []]);
    expect(found[0]).toMatchObject({ state: 'warn' });
    expect(named(found)).toEqual([
      ...['token_endpoint_auth_method', 'token_endpoint_auth_signing_alg', 'response_types', 'grant_types'],
      ...['redirect_uris', 'dpop_bound_access_tokens'],
    ]);
    for (const { change } of found) expect(change).toBeTruthy();
  });

  it('judges a client under the floor of the server as it will be treated', async () => {
    const { jwk } = await certificate();
    const { json, status, text } = await send('POST', `${server.admin}/admin/clients`, {
      body: JSON.stringify({
        ...{ grant_types: ['client_credentials'], response_types: ['code'], scope: 'photos' },
        ...{ token_endpoint_auth_method: 'self_signed_tls_client_auth', jwks: { keys: [jwk] } },
        tls_client_certificate_bound_access_tokens: true,
      }),
    });
    expect(status, text).toBe(201);
    const floor = { oauth2: { ...ON, mtls: { enabled: true }, security_profile: 'fapi-2.0' } };
    expect(await doctor(String(json.client_id), floor)).toMatchObject({ found: [{ state: 'ok' }] });
  });

  it('names what the server lacks for a client that conforms', async () => {
    const { clientId } = await FapiParty.register(server);
    const { code, found } = await doctor(clientId, { oauth2: { dpop: { enabled: true } } });
    expect([code, named(found)]).toEqual([1, ['security_profile']]);
    expect(found[0]?.finding).toContain('oauth2.pushed_authorization_requests.enabled');
  });

  it('says that there is no such client', async () => {
    const { code, found } = await doctor('nobody');
    expect([code, found.map(({ finding }) => finding)]).toEqual([1, ['there is no client nobody']]);
  });
});
