/** The code flow for an integrator: openid-client is the application, the example app shows login and consent. */
import * as oidc from 'openid-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { type Demo, startDemo } from './support/demo-process.js';
import {
  ADA,
  AFTER_LOGOUT,
  begin,
  CALLBACK,
  introspect,
  logIn,
  registerApp,
  signInAndAllow,
} from './support/relying-party.js';
import { textOf, Visitor } from './support/visitor.mjs';

describe('the code flow with openid-client', () => {
  let database: TestDatabase;
  let demo: Demo;
  let app: oidc.Configuration;
  let visitor: Visitor;

  beforeAll(async () => {
    database = await freshDatabase();
    demo = await startDemo({ DSN: database.dsn, SECRETS_SYSTEM: 'a-system-secret-of-the-tests' });
    app = await registerApp(demo);
  });

  afterAll(async () => {
    await demo.stop();
    await database.drop();
  });

  beforeEach(() => {
    visitor = new Visitor('http://127.0.0.1:9/');
  });

  it('yields an ID token of the person and the scopes that the person allowed', async () => {
    const tokens = await logIn(app, visitor);
    expect(tokens.claims()).toMatchObject({
      iss: demo.urls.issuer,
      sub: 'user-1001',
      name: 'Ada Lovelace',
      email: ADA.email,
      amr: ['pwd'],
    });
    expect(tokens).toMatchObject({ token_type: 'bearer', scope: 'openid profile email offline_access' });
    expect(tokens.refresh_token).toMatch(/^ory_rt_/);
  });

  it('shows the login page again after a wrong password, and keeps the e-mail address', async () => {
    const { url } = await begin(app);
    const page = await visitor.submit(await visitor.open(url), { ...ADA, password: 'wrong', answer: 'sign-in' });
    expect(page.status).toBe(422);
    expect(textOf(page.html)).toContain('The e-mail address or the password is wrong');
    expect(page.html).toContain(`value="${ADA.email}"`);
  });

  it('shows the login_hint in the login page', async () => {
    const { url } = await begin(app, { login_hint: 'grace@example.com' });
    expect((await visitor.open(url)).html).toContain('value="grace@example.com"');
  });

  it('grants only the selected scopes', async () => {
    const { url, checks } = await begin(app);
    const consentPage = await visitor.submit(await visitor.open(url), { ...ADA, answer: 'sign-in' });
    const callback = await visitor.submit(consentPage, { scope: ['openid', 'profile'], answer: 'allow' });
    const tokens = await oidc.authorizationCodeGrant(app, callback.url, checks);
    expect(tokens.scope).toBe('openid profile');
    expect(tokens.refresh_token).toBeUndefined();
    expect(tokens.claims()).not.toHaveProperty('email');
  });

  it.each([
    ['login', (page: string) => (page.includes('Sign in') ? { answer: 'cancel' } : {})],
    ['consent', (page: string) => (page.includes('Sign in') ? { ...ADA, answer: 'sign-in' } : { answer: 'deny' })],
  ])('answers access_denied to the application if the person refuses at %s', async (_step, answer) => {
    const { url, checks } = await begin(app);
    let page = await visitor.open(url);
    while (!page.url.href.startsWith(CALLBACK)) page = await visitor.submit(page, answer(textOf(page.html)));
    await expect(oidc.authorizationCodeGrant(app, page.url, checks)).rejects.toMatchObject({ error: 'access_denied' });
  });

  it('asks neither for a login nor for consent when both are remembered', async () => {
    const remembered = await registerApp(demo);
    const first = await begin(remembered);
    await signInAndAllow(visitor, await visitor.open(first.url), 'yes');
    const second = await begin(remembered);
    const callback = await visitor.open(second.url);
    const tokens = await oidc.authorizationCodeGrant(remembered, callback.url, second.checks);
    expect(tokens.claims()).toMatchObject({ sub: 'user-1001', email: ADA.email });
  });

  it('refuses a form from another browser', async () => {
    const { url } = await begin(app);
    const page = await visitor.open(url);
    const thief = new Visitor('http://127.0.0.1:9/');
    expect((await thief.submit(page, { ...ADA, answer: 'sign-in' })).status).toBe(403);
  });

  it('returns the person and the claims at userinfo', async () => {
    const tokens = await logIn(app, visitor);
    const userinfo = await oidc.fetchUserInfo(app, tokens.access_token, 'user-1001');
    expect(userinfo).toMatchObject({ name: 'Ada Lovelace', email: ADA.email, email_verified: true });
  });

  it('refreshes, after which the access token from before is over', async () => {
    const before = await logIn(app, visitor);
    const after = await oidc.refreshTokenGrant(app, before.refresh_token!);
    expect(after.claims()).toMatchObject({ sub: 'user-1001', email: ADA.email });
    expect(await introspect(demo, before.access_token)).toEqual({ active: false });
    expect(await introspect(demo, after.access_token)).toMatchObject({
      active: true,
      sub: 'user-1001',
      scope: 'openid profile email offline_access',
      token_use: 'access_token',
    });
  });

  /** Repeats the use until the grant has ended: on a busy machine a use right after the answer may still be a race. */
  async function untilEnded(accessToken: string, replay: () => Promise<unknown>): Promise<void> {
    await expect
      .poll(async () => {
        await expect(replay()).rejects.toMatchObject({ error: 'invalid_grant' });
        return introspect(demo, accessToken);
      })
      .toEqual({ active: false });
  }

  it('revokes the whole grant when a refresh token is used twice', async () => {
    const before = await logIn(app, visitor);
    const after = await oidc.refreshTokenGrant(app, before.refresh_token!);
    await untilEnded(after.access_token, () => oidc.refreshTokenGrant(app, before.refresh_token!));
    await expect(oidc.refreshTokenGrant(app, after.refresh_token!)).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('redeems a code once, and a replay revokes its tokens', async () => {
    const { url, checks } = await begin(app);
    const callback = await signInAndAllow(visitor, await visitor.open(url));
    const tokens = await oidc.authorizationCodeGrant(app, callback.url, checks);
    await untilEnded(tokens.access_token, () => oidc.authorizationCodeGrant(app, callback.url, checks));
  });

  it('refuses a code without its PKCE verifier, and still redeems it with it', async () => {
    const { url, checks } = await begin(app);
    const callback = await signInAndAllow(visitor, await visitor.open(url));
    const wrong = { ...checks, pkceCodeVerifier: oidc.randomPKCECodeVerifier() };
    await expect(oidc.authorizationCodeGrant(app, callback.url, wrong)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
    expect((await oidc.authorizationCodeGrant(app, callback.url, checks)).access_token).toBeTruthy();
  });

  it('revokes a token', async () => {
    const tokens = await logIn(app, visitor);
    await oidc.tokenRevocation(app, tokens.refresh_token!);
    expect(await introspect(demo, tokens.access_token)).toEqual({ active: false });
    await expect(oidc.fetchUserInfo(app, tokens.access_token, 'user-1001')).rejects.toThrow();
  });

  it('supports a public client', async () => {
    const spa = await registerApp(demo, { token_endpoint_auth_method: 'none', client_secret: undefined });
    expect((await logIn(spa, visitor)).claims()).toMatchObject({ sub: 'user-1001' });
  });

  it('issues a token to a machine', async () => {
    const machine = await registerApp(demo, { grant_types: ['client_credentials'], scope: 'jobs.run' });
    const tokens = await oidc.clientCredentialsGrant(machine, { scope: 'jobs.run' });
    expect(await introspect(demo, tokens.access_token)).toMatchObject({ active: true, scope: 'jobs.run' });
  });

  it('ends the session after the person agreed, and redirects to the application', async () => {
    const remembered = await registerApp(demo);
    const { url, checks } = await begin(remembered);
    const callback = await signInAndAllow(visitor, await visitor.open(url), 'yes');
    const { id_token: hint = '' } = await oidc.authorizationCodeGrant(remembered, callback.url, checks);
    const parameters = { id_token_hint: hint, post_logout_redirect_uri: AFTER_LOGOUT, state: 'the-state' };
    const page = await visitor.open(oidc.buildEndSessionUrl(remembered, parameters));
    expect(textOf(page.html)).toContain('Ada Lovelace');
    const end = await visitor.submit(page, { answer: 'yes' });
    expect(end.url.href).toBe(`${AFTER_LOGOUT}?state=the-state`);
    const again = await visitor.open((await begin(remembered)).url);
    expect(textOf(again.html)).toContain('Sign in');
  });

  it('explains an error that no application can receive', async () => {
    const page = await visitor.open(`${demo.urls.issuer}/oauth2/auth?client_id=nobody&response_type=code`);
    expect(page.url.href.startsWith(`${demo.urls.login}/error`)).toBe(true);
    expect(textOf(page.html)).toContain('invalid_client');
  });
});
