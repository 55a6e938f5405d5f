/** A person in Chromium, with server, login app and application under different host names, over http and https. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Received } from './support/application-site.js';
import { BrowserStage, inAttribute, problemsOf, type Scheme } from './support/browser-stage.js';
import { chromiumPath, launchChromium, launchProfile } from './support/chromium.mjs';
import { ADA } from './support/relying-party.js';

const chromium = chromiumPath();
if (!chromium) process.stdout.write('No Chromium on the PATH: the browser tests are skipped.\n');

const ATTACK = `"><img src=x onerror=alert(1)><script>alert(2)</script>`;
const SCHEMES = ['http', 'https'] as const;
const MODES = ['query', 'fragment', 'form_post'] as const;

describe.skipIf(!chromium)('sites under different host names', () => {
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

  const privateWindow = (): Promise<BrowserContext> => browser.newContext({ ignoreHTTPSErrors: true });
  const open = async (scheme: Scheme, more: { application?: string; clientName?: string } = {}): Promise<Page> =>
    stage.open(await privateWindow(), { scheme, ...more });

  describe('the page that submits itself', () => {
    it.each(SCHEMES)('delivers code, state and issuer over %s, and the code is redeemed', async (scheme) => {
      const page = await open(scheme);
      const problems = problemsOf(page);
      await stage.logIn(page, { response_mode: 'form_post' });
      expect(page.url()).toBe(stage.callback);
      const [{ method, headers, parameters } = expect.fail()] = stage.app.received;
      expect([method, headers['content-type']]).toEqual(['POST', 'application/x-www-form-urlencoded']);
      expect(headers.origin).toBe(`${scheme}://id.example.test`);
      const issuer = `${scheme}://id.example.test`;
      expect(Object.fromEntries(parameters)).toMatchObject({ state: 'a-long-state', iss: issuer });
      expect((await stage.redeem()).status).toBe(200);
      expect(problems).toEqual([]);
    });

    it('keeps a state that is markup as it is, and runs none of it', async () => {
      const page = await open('https');
      await stage.logIn(page, { response_mode: 'form_post', state: ATTACK });
      expect(stage.app.received[0]?.parameters.get('state')).toBe(ATTACK);
    });

    it('delivers an error too', async () => {
      const page = await open('https');
      await stage.start(page, { response_mode: 'form_post' });
      await page.getByRole('button', { name: 'Cancel' }).click();
      await stage.arrive(page);
      const [{ method, parameters } = expect.fail()] = stage.app.received;
      expect([method, parameters.get('error')]).toEqual(['POST', 'access_denied']);
    });

    it('shows a button if scripts are disabled', async () => {
      const context = await browser.newContext({ ignoreHTTPSErrors: true, javaScriptEnabled: false });
      const page = await stage.open(context, { scheme: 'https' });
      await stage.start(page, { response_mode: 'form_post' });
      await stage.signIn(page);
      await stage.allow(page);
      await page.getByRole('button', { name: 'Continue' }).click();
      await stage.arrive(page);
      expect((await stage.redeem()).status).toBe(200);
    });
  });

  describe('a form of the application that posts the request', () => {
    it.each(SCHEMES)('begins a flow over %s', async (scheme) => {
      const page = await open(scheme);
      const fields = [...new URL(stage.request()).searchParams].map(
        ([name, value]) => `<input type="hidden" name="${name}" value="${value}">`,
      );
      const action = `${scheme}://id.example.test/oauth2/auth`;
      const form = `<form method="post" action="${action}">${fields.join('')}<button>Log in</button></form>`;
      stage.app.pages.set('/', form);
      for (const again of [false, true]) {
        await page.goto(stage.home);
        await page.getByRole('button', { name: 'Log in' }).click();
        // A post from another site has no Lax cookie, so the person is asked again. (Chromium sends cookies without the
        // attribute for two minutes, but ours has it.)
        if (!again || scheme === 'http') await stage.signIn(page);
        if (!again) await stage.allow(page);
        await stage.arrive(page);
        expect((await stage.redeem()).status).toBe(200);
      }
    });
  });

  it('a second visit through a link skips login and consent, with Lax and None cookies', async () => {
    for (const scheme of SCHEMES) {
      const page = await open(scheme);
      await stage.logIn(page);
      await stage.start(page);
      await stage.arrive(page);
      expect((await stage.redeem()).status).toBe(200);
      expect(stage.app.received).toHaveLength(2);
      if (scheme === 'http') await stage.close();
    }
  });

  it('all tabs that a browser without cookies opens at the same time succeed', async () => {
    const one = await open('https');
    const tabs = [one, await stage.context.newPage(), await stage.context.newPage()];
    await Promise.all(tabs.map((tab) => tab.goto(stage.request())));
    for (const tab of tabs) {
      await tab.reload(); // the form of the login app has its own cookie
      await stage.signIn(tab);
      await stage.allow(tab, { remember: false });
      await stage.arrive(tab);
      expect((await stage.redeem()).status).toBe(200);
    }
  });

  it('a login that a stranger began is refused in the browser of another, and says why', async () => {
    const page = await open('https');
    await stage.start(page);
    await page.getByLabel('Password').waitFor();
    const address = page.url();
    const strangers = await privateWindow();
    const other = await strangers.newPage();
    await other.goto(address);
    await stage.signIn(other);
    await stage.arrive(other);
    await strangers.close();
    const { parameters } = stage.app.received[0] ?? expect.fail();
    expect(parameters.get('error')).toBe('request_forbidden');
    expect(parameters.get('error_description')).toMatch(/did not send the cookie.*serve\.cookies\.same_site_mode/);
  });

  it('values from others are escaped on the pages of the example app', async () => {
    const page = await open('https', { clientName: ATTACK });
    const dialogs: string[] = [];
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    await stage.start(page, { login_hint: ATTACK });
    expect(await page.getByLabel('E-mail address').inputValue()).toBe(ATTACK);
    await page.getByText(ATTACK).first().waitFor();
    await page.getByLabel('E-mail address').fill(ADA.email);
    await stage.signIn(page);
    await page.getByText(ATTACK).first().waitFor();
    expect(await page.locator('img, script').count()).toBe(0);
    expect(dialogs).toEqual([]);
  });

  describe('silent renewal in a hidden frame', () => {
    /** Logs in and opens a page with the frame. Returns the answer that the application received from the frame. */
    async function renew(page: Page, mode: string): Promise<Received> {
      await stage.logIn(page);
      const address = inAttribute(stage.request({ prompt: 'none', response_mode: mode }));
      stage.app.pages.set('/renew', `<h1>The application</h1><iframe hidden src="${address}"></iframe>`);
      await page.goto(`${stage.home}renew`);
      await expect.poll(() => stage.app.received.length).toBe(2);
      const received = stage.app.received[1] ?? expect.fail();
      expect(page.url()).toBe(`${stage.home}renew`);
      expect(received.headers['sec-fetch-dest']).toBe('iframe');
      return received;
    }

    async function codeOf(page: Page, received: Received, mode: string): Promise<string> {
      if (mode !== 'fragment') return received.parameters.get('code') ?? '';
      const frame = page.frames().find((one) => one.parentFrame());
      await frame?.waitForURL('**/callback#**');
      return new URLSearchParams(new URL(frame?.url() ?? '').hash.slice(1)).get('code') ?? '';
    }

    it.each(MODES)('succeeds with %s for an application of the same site', async (mode) => {
      const page = await open('https', { application: 'app.example.test' });
      const problems = problemsOf(page);
      const received = await renew(page, mode);
      expect(received.method).toBe(mode === 'form_post' ? 'POST' : 'GET');
      expect((await stage.redeem(await codeOf(page, received, mode))).status).toBe(200);
      expect(problems).toEqual([]);
    });

    it.each(MODES)('succeeds with %s for another site if the browser allows third-party cookies', async (mode) => {
      const folder = await mkdtemp(join(tmpdir(), 'ostiary-profile-'));
      const page = await stage.open(await launchProfile(chromium!, folder, stage.sites.rules), { scheme: 'https' });
      const problems = problemsOf(page);
      const received = await renew(page, mode);
      expect((await stage.redeem(await codeOf(page, received, mode))).status).toBe(200);
      expect(problems).toEqual([]);
      await stage.context.close();
      await rm(folder, { recursive: true });
    });

    it('reports the reason if the browser blocks third-party cookies', async () => {
      const { parameters } = await renew(await open('https'), 'form_post');
      expect(parameters.get('error')).toBe('login_required');
      expect(parameters.get('error_description')).toMatch(/third-party cookies.*serve\.cookies\.same_site_mode/);
    });
  });
});
