/** The cookies of the server in the jar of Chromium, and the effects of their attributes for the person. */
import { mkdtemp, rm } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { certificateOf } from '../integration/http/certificate.js';
import { BrowserStage, type Play } from './support/browser-stage.js';
import { chromiumPath, launchChromium, launchProfile } from './support/chromium.mjs';

const chromium = chromiumPath();
if (!chromium) process.stdout.write('No Chromium on the PATH: the browser tests are skipped.\n');

/** A login and consent app that accepts without asking. @param skipped whether each login was skipped */
function hastyApp(admin: string, login: object, skipped: boolean[]): RequestListener {
  const answer = async (step: 'login' | 'consent', challenge: string): Promise<string> => {
    const requests = `${admin}/admin/oauth2/auth/requests/${step}`;
    const query = `?${step}_challenge=${challenge}`;
    const asked = (await (await fetch(requests + query)).json()) as { skip: boolean };
    if (step === 'login') skipped.push(asked.skip);
    const body = JSON.stringify(step === 'login' ? { subject: 'ada', ...login } : { grant_scope: ['openid'] });
    const accepted = await fetch(`${requests}/accept${query}`, { method: 'PUT', body });
    return ((await accepted.json()) as { redirect_to: string }).redirect_to;
  };
  return (request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'https://login.example.test');
    const step = searchParams.has('login_challenge') ? 'login' : 'consent';
    void answer(step, searchParams.get(`${step}_challenge`) ?? '').then((location) => {
      response.writeHead(302, { location }).end();
    });
  };
}

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

  /** The last error that the application received, with its description. */
  const refusal = (): string => {
    const parameters = stage.app.received.at(-1)?.parameters;
    return `${parameters?.get('error') ?? ''}: ${parameters?.get('error_description') ?? ''}`;
  };

  it('in development over http they are Lax, without Secure, under special names', async () => {
    await stage.logIn(await open({ scheme: 'http' }));
    expect(await stage.jar()).toEqual({ ory_hydra_login_csrf_dev: HTTP, ory_hydra_session_dev: HTTP });
  });

  it('behind a proxy that serves https they are Secure and None', async () => {
    await stage.logIn(await open({ scheme: 'https' }));
    expect(await stage.jar()).toEqual({ ory_hydra_login_csrf: HTTPS, ory_hydra_session: HTTPS });
  });

  it('with TLS in the server they are Secure and None, and the flow yields tokens', async () => {
    const inBase64 = (text: string): { base64: string } => ({ base64: Buffer.from(text).toString('base64') });
    const { cert, key } = await certificateOf('id.example.test');
    const tls = { enabled: true, cert: inBase64(cert), key: inBase64(key) };
    const settings = { serve: { public: { tls } } };
    // The port is known only when the server listens, so the browser that maps to it is launched afterwards.
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

  it.each([
    ['forgets a login that lasts until the browser is closed', { remember_until: 'browser_closed' }, false],
    ['keeps any other login', {}, true],
  ])('a browser that is closed %s', async (_, said, kept) => {
    const folder = await mkdtemp(join(tmpdir(), 'ostiary-profile-'));
    const profile = (): Promise<BrowserContext> => launchProfile(chromium!, folder, stage.sites.rules);
    const page = await stage.open(await profile(), { scheme: 'https' });
    const skipped: boolean[] = [];
    stage.sites.serve('login.example.test', hastyApp(stage.server.admin, { ...said, remember: true }, skipped));
    for (const visit of [page, page]) {
      await stage.start(visit);
      await stage.arrive(visit);
    }
    await stage.context.close();
    stage.context = await profile();
    const reopened = await stage.context.newPage();
    await stage.start(reopened);
    await stage.arrive(reopened);
    expect(skipped).toEqual([false, true, kept]);
    await stage.context.close();
    await rm(folder, { recursive: true });
  });

  it('None over http, which browsers would drop, becomes Lax', async () => {
    await stage.logIn(await withCookies({ same_site_mode: 'None' }, 'http'));
    expect(await stage.jar()).toEqual({ ory_hydra_login_csrf_dev: HTTP, ory_hydra_session_dev: HTTP });
  });

  it.each(['None', 'Lax', 'Strict'])(
    'same_site_mode %s is the attribute in the jar, and a login succeeds',
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
  ])('same_site_mode %s: the server %s a person who follows a link on another site', async (mode, outcome) => {
    const page = await withCookies({ same_site_mode: mode });
    await stage.logIn(page);
    await stage.start(page);
    if (outcome === 'remembers') await stage.arrive(page);
    else await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  it('a login app on another site fails with Strict, and the error names the setting', async () => {
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

  it('a browser whose cookies were deleted meanwhile gets an error that explains it', async () => {
    const page = await open({ scheme: 'https' });
    await stage.start(page);
    await page.getByLabel('Password').waitFor();
    await stage.context.clearCookies({ domain: 'id.example.test' });
    await stage.signIn(page);
    await stage.arrive(page);
    expect(refusal()).toMatch(/^request_forbidden: .*did not send the cookie 'ory_hydra_login_csrf'/);
  });

  it('the workaround for old browsers: a second cookie without SameSite works if the first was dropped', async () => {
    const page = await withCookies({ same_site_legacy_workaround: true });
    await stage.start(page);
    await page.getByLabel('Password').waitFor();
    const unspecified = { ...HTTPS, sameSite: 'Lax' }; // as Chromium treats a missing attribute
    expect(await stage.jar()).toEqual({ ory_hydra_login_csrf: HTTPS, ory_hydra_login_csrf_legacy: unspecified });
    for (const { name } of await stage.context.cookies()) {
      if (name.includes('login_csrf') && !name.endsWith('_legacy')) await stage.context.clearCookies({ name });
    }
    await stage.signIn(page);
    await stage.allow(page);
    await stage.arrive(page);
    expect((await stage.redeem()).status).toBe(200);
  });

  it('names with the prefix __Host- are accepted by the browser, and work for login, consent and a second visit', async () => {
    const names = { session: '__Host-session', login_csrf: '__Host-login', device_csrf: '__Host-device' };
    const page = await withCookies({ names });
    await stage.logIn(page);
    expect(await stage.jar()).toEqual({ '__Host-session': HTTPS, '__Host-login': HTTPS });
    await page.goto(stage.request({ prompt: 'none' }));
    await stage.arrive(page);
    expect((await stage.redeem()).status).toBe(200);
  });

  it('Domain and Path are those of the configuration, and a logout removes such a cookie', async () => {
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
