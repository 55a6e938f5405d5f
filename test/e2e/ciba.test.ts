/** The example of the guide docs/guides/ciba.md: a call centre with openid-client, and the page of the example app. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { root } from './support/built.js';
import { type Demo, startDemo } from './support/demo-process.js';
import { ADA } from './support/relying-party.js';
import { textOf, Visitor } from './support/visitor.mjs';

const SECRET = 'a-secret-of-the-example';
const CIBA = 'urn:openid:params:grant-type:ciba';

describe('the example of backchannel authentication', () => {
  let database: TestDatabase;
  let demo: Demo;

  beforeAll(async () => {
    database = await freshDatabase();
    demo = await startDemo({
      DSN: database.dsn,
      SECRETS_SYSTEM: 'a-system-secret-of-the-tests',
      OIDC_CIBA_ENABLED: 'true',
      OIDC_CIBA_INTERVAL: '1s',
    });
    const client = {
      ...{ client_id: 'call-centre', client_name: 'Call centre', client_secret: SECRET, scope: 'openid profile' },
      ...{ grant_types: [CIBA], backchannel_token_delivery_mode: 'poll' },
    };
    await fetch(`${demo.urls.admin}/admin/clients`, { method: 'POST', body: JSON.stringify(client) });
  });
  afterAll(async () => {
    await demo.stop();
    await database.drop();
  });

  function call(caller: string): { said: Promise<string>; asked: Promise<unknown> } {
    const env = { ISSUER: demo.urls.issuer, CLIENT_ID: 'call-centre', CLIENT_SECRET: SECRET };
    const child = spawn(process.execPath, ['examples/ciba/main.mjs', caller], {
      ...{ cwd: root, env: { ...process.env, ...env } },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return { said: text(child.stdout), asked: once(child.stdout, 'data') };
  }

  it.each([
    ['allow', 'The caller is Ada Lovelace (user-1001), authenticated by pwd.'],
    ['deny', 'The caller is not known: access_denied.'],
  ])('ends after an answer: %s', async (answer, end) => {
    const { said, asked } = call('ada@example.com');
    await asked;
    const visitor = new Visitor('nowhere:');
    const list = await visitor.submit(await visitor.open(`${demo.urls.login}/ciba`), ADA);
    expect(textOf(list.html)).toMatch(/Call centre asks for openid, profile\..*Call \d{4}/s);
    const after = await visitor.submit(list, { answer });
    expect(textOf(after.html)).toContain('Nothing waits for you');
    expect(await said).toContain(end);
  });

  it('refuses a caller whom nobody knows', async () => {
    expect(await call('nobody@example.com').said).toBe('The caller is not known: unknown_user_id.\n');
  });

  it('shows nothing to somebody with a wrong password', async () => {
    const visitor = new Visitor('nowhere:');
    const page = await visitor.submit(await visitor.open(`${demo.urls.login}/ciba`), { ...ADA, password: 'wrong' });
    expect([page.status, textOf(page.html)]).toEqual([422, expect.stringContaining('do not belong together')]);
  });
});
