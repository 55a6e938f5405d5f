/** The example of the guide docs/guides/dpop.md, which binds its tokens with openid-client. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '../support/free-ports.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { root } from './support/built.js';
import { type Demo, startDemo } from './support/demo-process.js';
import { signInAndAllow } from './support/relying-party.js';
import { Visitor } from './support/visitor.mjs';

describe.each(['off', 'required'])('the example of bound tokens, with nonces %s', (nonce) => {
  let database: TestDatabase;
  let demo: Demo;
  let example: ChildProcess;
  let home: string;

  beforeAll(async () => {
    database = await freshDatabase();
    demo = await startDemo({
      DSN: database.dsn,
      SECRETS_SYSTEM: 'a-system-secret-of-the-tests',
      OAUTH2_DPOP_ENABLED: 'true',
      OAUTH2_DPOP_NONCE: nonce,
    });
    const [port = 0] = await freePorts(1);
    home = `http://127.0.0.1:${String(port)}/`;
    const client = {
      ...{ client_id: 'bound', token_endpoint_auth_method: 'none', redirect_uris: [`${home}callback`] },
      ...{ scope: 'openid offline_access profile', grant_types: ['authorization_code', 'refresh_token'] },
      dpop_bound_access_tokens: true,
    };
    await fetch(`${demo.urls.admin}/admin/clients`, { method: 'POST', body: JSON.stringify(client) });
    const env = { ISSUER: demo.urls.issuer, CLIENT_ID: client.client_id, PORT: String(port) };
    example = spawn(process.execPath, ['examples/dpop/main.mjs'], {
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

  it('gets the claims of the person, and a thief of its tokens gets nothing', async () => {
    const visitor = new Visitor('nowhere:');
    const page = await signInAndAllow(visitor, await visitor.open(home));
    const { token_type, person, stolen } = JSON.parse(page.html) as Record<string, unknown>;
    expect(String(token_type).toLowerCase()).toBe('dpop');
    expect(person).toMatchObject({ sub: 'user-1001', name: 'Ada Lovelace' });
    // Without a proof the client's own rule is the first to refuse (dpop_bound_access_tokens).
    expect(stolen).toEqual({ userinfo: 401, refresh: 'invalid_dpop_proof' });
  });
});
