/** The server's cookies as Chromium keeps them in its own jar, and what follows from their attributes for the person. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { certificateOf } from '../integration/http/certificate.js';
import { BrowserStage, type Play } from './support/browser-stage.js';
import { chromiumPath, launchChromium } from './support/chromium.js';

const chromium = chromiumPath();
if (!chromium) process.stdout.write('No Chromium on the PATH: the browser tests are skipped.\n');

const HTTP = { domain: 'id.example.test', path: '/', httpOnly: true, secure: false, sameSite: 'Lax' };
const HTTPS = { ...HTTP, secure: true, sameSite: 'None' };

describe.skipIf(!chromium)('cookies in the jar of a browser', () => {
  let stage: BrowserStage;
  let browser: Browser;

  beforeAll(async () => {
    stage = await BrowserStage.build();
    browser = await launchChromium(chromium!, stage.sites.rules);
  });
  afterEach(() => stage.close());
  afterAll(async () => {
    await browser.close();
    await stage.remove();
  });

  const privateWindow = (of = browser): Promise<BrowserContext> => of.newContext({ ignoreHTTPSErrors: true });
  const open = async (play: Play): Promise<Page> => stage.open(await privateWindow(), play);
  const withCookies = (cookies: object, scheme: 'http' | 'https' = 'https'): Promise<Page> =>
    open({ scheme, settings: { serve: { cookies } } });

  /** The error that came to the application last, with what the server says about it. */
  const refusal = (): string => {
    const parameters = stage.app.received.at(-1)?.parameters;
    return `${parameters?.get('error') ?? ''}: ${parameters?.get('error_description') ?? ''}`;
  };

  it('in development over http they are Lax, without Secure, under names of their own', async () => {
    await stage.logIn(await open({ scheme: 'http' }));
    expect(await stage.jar()).toEqual({ ory_hydra_login_csrf_dev: HTTP, ory_hydra_session_dev: HTTP });
  });

  it('behind a proxy that serves https they are Secure and None', async () => {
    await stage.logIn(await open({ scheme: 'https' }));
    expect(await stage.jar()).toEqual({ ory_hydra_login_csrf: HTTPS, ory_hydra_session: HTTPS });
  });

  it('with TLS of the server itself they are Secure and None, and the flow ends with tokens', async () => {
    const inBase64 = (text: string): { base64: string } => ({ base64: Buffer.from(text).toString('base64') });
    const { cert, key } = await certificateOf('id.example.test');
    const tls = { enabled: true, cert: inBase64(cert), key: inBase64(key) };
    const settings = { serve: { public: { tls } } };
    // Where the server listens is known once it does: the browser that knows too is launched then.
    await stage.open(await privateWindow(), { scheme: 'https', settings });
    const rule = `MAP id.example.test:443 ${new URL(stage.server.public).host}`;
    const informed = await launchChromium(chromium!, `${rule}, ${stage.sites.rules}`);
    await stage.context.close();
    stage.context = await privateWindow(informed);
    await stage.logIn(await stage.context.newPage());
    expect(await stage.jar()).toEqual({ ory_hydra_login_csrf: HTTPS, ory_hydra_session: HTTPS });
    const form = { code: stage.app.received[0]?.parameters.get('code') ?? '', redirect_uri: stage.callback };
    const answer = await stage.context.request.post(`${stage.server.public}/oauth2/token`, {
      form: { grant_type: 'authorization_code', ...form },
      headers: stage.client.credentials,
    });
    expect(answer.status()).toBe(200);
    await informed.close();
  });

  it('None over http, which browsers would drop, becomes Lax', async () => {
    await stage.logIn(await withCookies({ same_site_mode: 'None' }, 'http'));
    expect(await stage.jar()).toEqual({ ory_hydra_login_csrf_dev: HTTP, ory_hydra_session_dev: HTTP });
  });

  it.each(['None', 'Lax', 'Strict'])(
    'same_site_mode %s is what the jar says, and a login succeeds',
    async (sameSite) => {
      await stage.logIn(await withCookies({ same_site_mode: sameSite }));
      const expected = { ...HTTPS, sameSite };
      expect(await stage.jar()).toEqual({ ory_hydra_login_csrf: expected, ory_hydra_session: expected });
      expect((await stage.redeem()).status).toBe(200);
    },
  );

  it.each([
    ['None', 'remembers'],
    ['Lax', 'remembers'],
    ['Strict', 'does not remember'],
  ])('same_site_mode %s: who comes by a link of another site is one whom the server %s', async (mode, outcome) => {
    const page = await withCookies({ same_site_mode: mode });
    await stage.logIn(page);
    await stage.start(page);
    if (outcome === 'remembers') await stage.arrive(page);
    else await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  it('a login app on another site cannot work with Strict, and the answer names the setting', async () => {
    const login = 'https://login.other.test';
    const urls = { login: `${login}/login`, consent: `${login}/consent` };
    const page = await open({ scheme: 'https', urls, settings: { serve: { cookies: { same_site_mode: 'Strict' } } } });
    await stage.start(page);
    await stage.signIn(page);
    await stage.arrive(page);
    expect(refusal()).toMatch(/^request_forbidden: .*serve\.cookies\.same_site_mode/);
  });

  it('a login app on another site works with Lax', async () => {
    const login = 'https://login.other.test';
    const urls = { login: `${login}/login`, consent: `${login}/consent` };
    await stage.logIn(
      await open({ scheme: 'https', urls, settings: { serve: { cookies: { same_site_mode: 'Lax' } } } }),
    );
    expect((await stage.redeem()).status).toBe(200);
  });

  it('a browser whose cookies were deleted meanwhile is told so', async () => {
    const page = await open({ scheme: 'https' });
    await stage.start(page);
    await page.getByLabel('Password').waitFor();
    await stage.context.clearCookies({ domain: 'id.example.test' });
    await stage.signIn(page);
    await stage.arrive(page);
    expect(refusal()).toMatch(/^request_forbidden: .*did not send the cookie 'ory_hydra_login_csrf'/);
  });

  it('the workaround for old browsers: a second cookie without SameSite does where the first was dropped', async () => {
    const page = await withCookies({ same_site_legacy_workaround: true });
    await stage.start(page);
    await page.getByLabel('Password').waitFor();
    const unspecified = { ...HTTPS, sameSite: 'Lax' }; // how Chromium treats it
    expect(await stage.jar()).toEqual({ ory_hydra_login_csrf: HTTPS, ory_hydra_login_csrf_legacy: unspecified });
    for (const { name } of await stage.context.cookies()) {
      if (name.includes('login_csrf') && !name.endsWith('_legacy')) await stage.context.clearCookies({ name });
    }
    await stage.signIn(page);
    await stage.allow(page);
    await stage.arrive(page);
    expect((await stage.redeem()).status).toBe(200);
  });

  it('names with the prefix __Host- are kept by the browser, and serve login, consent and a second visit', async () => {
    const names = { session: '__Host-session', login_csrf: '__Host-login', device_csrf: '__Host-device' };
    const page = await withCookies({ names });
    await stage.logIn(page);
    expect(await stage.jar()).toEqual({ '__Host-session': HTTPS, '__Host-login': HTTPS });
    await page.goto(stage.request({ prompt: 'none' }));
    await stage.arrive(page);
    expect((await stage.redeem()).status).toBe(200);
  });

  it('Domain and Path are those of the configuration, and a logout takes such a cookie away', async () => {
    const page = await withCookies({ domain: 'example.test', paths: { session: '/oauth2' } });
    await stage.logIn(page);
    const shared = { ...HTTPS, domain: '.example.test' };
    expect(await stage.jar()).toEqual({
      ory_hydra_login_csrf: shared,
      ory_hydra_session: { ...shared, path: '/oauth2' },
    });
    const { json } = await stage.redeem();
    await page.goto(`https://id.example.test/oauth2/sessions/logout?id_token_hint=${json.id_token as string}`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await expect.poll(async () => Object.keys(await stage.jar())).toEqual(['ory_hydra_login_csrf']);
  });
});
