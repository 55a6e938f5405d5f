/** The example of the guide docs/guides/pushed-authorization-requests.md, which pushes with openid-client. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '../support/free-ports.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { root } from './support/built.js';
import { type Demo, startDemo } from './support/demo-process.js';
import { signInAndAllow } from './support/relying-party.js';
import { Visitor } from './support/visitor.mjs';

const SECRET = 'a-secret-of-the-example';

describe('the example of pushed requests', () => {
  let database: TestDatabase;
  let demo: Demo;
  let example: ChildProcess;
  let home: string;

  beforeAll(async () => {
    database = await freshDatabase();
    demo = await startDemo({
      DSN: database.dsn,
      SECRETS_SYSTEM: 'a-system-secret-of-the-tests',
      OAUTH2_PUSHED_AUTHORIZATION_REQUESTS_ENABLED: 'true',
    });
    const [port = 0] = await freePorts(1);
    home = `http://127.0.0.1:${String(port)}/`;
    const client = {
      ...{ client_id: 'pushing', client_secret: SECRET, scope: 'openid profile', redirect_uris: [`${home}callback`] },
      require_pushed_authorization_requests: true,
    };
    await fetch(`${demo.urls.admin}/admin/clients`, { method: 'POST', body: JSON.stringify(client) });
    const env = { ISSUER: demo.urls.issuer, CLIENT_ID: client.client_id, CLIENT_SECRET: SECRET, PORT: String(port) };
    example = spawn(process.execPath, ['examples/pushed-requests/main.mjs'], {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(example.stdout!, 'data');
  });

  afterAll(async () => {
    example.kill();
    await demo.stop();
    await database.drop();
  });

  it('sends the browser with a reference only, and gets the claims of the person', async () => {
    const start = await fetch(home, { redirect: 'manual' });
    const names = [...new URL(start.headers.get('location') ?? '').searchParams.keys()];
    expect(names.sort()).toEqual(['client_id', 'request_uri']);
    const visitor = new Visitor('nowhere:');
    const page = await signInAndAllow(visitor, await visitor.open(home));
    expect(JSON.parse(page.html)).toMatchObject({ iss: demo.urls.issuer, sub: 'user-1001', name: 'Ada Lovelace' });
  });
});
