/** The example of the guide docs/guides/step-up.md: a resource server with jose, and an application with openid-client. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePorts } from '../support/free-ports.js';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { root } from './support/built.js';
import { type Demo, startDemo } from './support/demo-process.js';
import { ADA, begin, registerApp, signInAndAllow } from './support/relying-party.js';
import { textOf, Visitor } from './support/visitor.mjs';

const SECRET = 'a-secret-of-the-example';
const CODE = '271828';

describe('the example of step-up', () => {
  let database: TestDatabase;
  let demo: Demo;
  let example: ChildProcess;
  let home: string;
  let api: string;

  beforeAll(async () => {
    database = await freshDatabase();
    demo = await startDemo({
      DSN: database.dsn,
      SECRETS_SYSTEM: 'a-system-secret-of-the-tests',
      OAUTH2_STEP_UP_ENABLED: 'true',
      OAUTH2_STEP_UP_ACR_VALUES: 'pwd,mfa',
      OIDC_CLAIMS_PARAMETER_ENABLED: 'true',
      STRATEGIES_ACCESS_TOKEN: 'jwt',
      STRATEGIES_JWT_PROFILE: 'rfc9068',
    });
    const [port = 0, apiPort = 0] = await freePorts(2);
    home = `http://127.0.0.1:${String(port)}`;
    api = `http://127.0.0.1:${String(apiPort)}`;
    const client = {
      ...{ client_id: 'bank', client_secret: SECRET, scope: 'openid', redirect_uris: [`${home}/callback`] },
      audience: [api],
    };
    await fetch(`${demo.urls.admin}/admin/clients`, { method: 'POST', body: JSON.stringify(client) });
    const env = { ISSUER: demo.urls.issuer, CLIENT_ID: client.client_id, CLIENT_SECRET: SECRET };
    example = spawn(process.execPath, ['examples/step-up/main.mjs'], {
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

  it('logs in with a password, and with a second factor once the resource server demands it', async () => {
    const visitor = new Visitor('nowhere:');
    const balance = await signInAndAllow(visitor, await visitor.open(`${home}/balance`), 'yes');
    expect(JSON.parse(balance.html)).toEqual({ subject: 'user-1001', acr: 'pwd' });

    const again = await visitor.open(`${home}/payments`);
    expect(textOf(again.html)).toContain('Code of your device');
    expect(again.html).toContain(`value="${ADA.email}"`); // the app knows who is signed in
    const wrong = await visitor.submit(again, { ...ADA, code: '000000', answer: 'sign-in', remember: 'yes' });
    expect(wrong.status).toBe(422);
    const signedIn = await visitor.submit(wrong, { ...ADA, code: CODE, answer: 'sign-in', remember: 'yes' });
    expect(JSON.parse(signedIn.html)).toEqual({ subject: 'user-1001', acr: 'mfa' }); // the consent was remembered
  });

  it('is refused by the resource server with the challenge of RFC 9470', async () => {
    const app = await registerApp(demo, { audience: [api] });
    const visitor = new Visitor('http://127.0.0.1:9/');
    const { url, checks } = await begin(app, { audience: api });
    const callback = await signInAndAllow(visitor, await visitor.open(url));
    const { authorizationCodeGrant } = await import('openid-client');
    const { access_token: token, id_token: idToken } = await authorizationCodeGrant(app, callback.url, checks);
    const asked = async (path: string, authorization: string) => {
      const { status, headers } = await fetch(api + path, { headers: { authorization } });
      return [status, headers.get('www-authenticate')];
    };
    expect(await asked('/balance', `Bearer ${token}`)).toEqual([200, null]);
    const [status, challenge] = await asked('/payments', `Bearer ${token}`);
    expect(status).toBe(401);
    expect(challenge).toContain('error="insufficient_user_authentication"');
    expect(challenge).toContain('acr_values="mfa", max_age="300"');
    for (const wrong of [`Bearer ${idToken ?? ''}`, 'Bearer nonsense', '']) {
      expect(await asked('/balance', wrong)).toEqual([401, 'Bearer error="invalid_token"']);
    }
  });

  it('is told by the login app that nobody reaches what is demanded', async () => {
    const app = await registerApp(demo);
    const claims = JSON.stringify({ id_token: { acr: { essential: true, values: ['retina'] } } });
    const { url } = await begin(app, { claims });
    const { searchParams } = (await new Visitor('http://127.0.0.1:9/').open(url)).url;
    expect(searchParams.get('error')).toBe('unmet_authentication_requirements');
  });
});
