/** The example of docs/guides/resource-indicators.md: one login, a token for each API. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '../support/free-ports.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { root } from './support/built.js';
import { type Demo, startDemo } from './support/demo-process.js';
import { ADA } from './support/relying-party.js';
import { Visitor } from './support/visitor.mjs';

const SECRET = 'a-secret-of-the-example';

describe('the example of resource indicators', () => {
  let database: TestDatabase;
  let demo: Demo;
  let example: ChildProcess;
  let home: string;

  beforeAll(async () => {
    database = await freshDatabase();
    demo = await startDemo({
      DSN: database.dsn,
      SECRETS_SYSTEM: 'a-system-secret-of-the-tests',
      OAUTH2_RESOURCE_INDICATORS_ENABLED: 'true',
    });
    const [port = 0, apiPort = 0] = await freePorts(2);
    home = `http://127.0.0.1:${String(port)}/`;
    const client = {
      ...{ client_id: 'shop', client_secret: SECRET, scope: 'offline_access', redirect_uris: [`${home}callback`] },
      grant_types: ['authorization_code', 'refresh_token'],
      audience: ['orders', 'bills'].map((path) => `http://127.0.0.1:${String(apiPort)}/${path}`),
    };
    await fetch(`${demo.urls.admin}/admin/clients`, { method: 'POST', body: JSON.stringify(client) });
    const env = {
      ISSUER: demo.urls.issuer,
      ADMIN: demo.urls.admin,
      CLIENT_ID: client.client_id,
      CLIENT_SECRET: SECRET,
    };
    example = spawn(process.execPath, ['examples/resource-indicators/main.mjs'], {
      cwd: root,
      env: { ...process.env, ...env, PORT: String(port), API_PORT: String(apiPort) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(example.stdout!, 'data');
  });

  afterAll(async () => {
    example.kill();
    await demo.stop();
    await database.drop();
  });

  it('gets a token for each API from one consent, which the other API refuses', async () => {
    const visitor = new Visitor('nowhere:');
    const page = await visitor.submit(await visitor.open(home), { ...ADA, answer: 'sign-in' });
    const end = await visitor.submit(page, { answer: 'allow' });
    expect(JSON.parse(end.html)).toEqual({
      orders: 200,
      bills: 200,
      'the token for bills, at orders': 401,
      'a resource that was not asked for': 'invalid_target',
    });
  });
});
