/** A person uses the demo in Chromium. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, launchChromium } from './support/chromium.mjs';
import { type Demo, startDemo } from './support/demo-process.js';
import { eventually, processesWith } from './support/processes.js';
import { ADA } from './support/relying-party.js';

const chromium = chromiumPath();
if (!chromium) process.stdout.write('No Chromium on the PATH: the browser tests are skipped.\n');

describe.skipIf(!chromium)('the demo in a browser', () => {
  let folder: string;
  let demo: Demo;
  let browser: Browser;
  let context: BrowserContext;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ostiary-browser-'));
    demo = await startDemo({ DATA_DIR: folder });
    browser = await launchChromium(chromium!);
  });

  afterAll(async () => {
    await browser.close();
    await demo.stop();
    await eventually(async () => (await processesWith(folder)).size === 0);
    await rm(folder, { recursive: true });
  });

  afterEach(() => context.close());

  /** A private browser. Errors that it reports, such as a broken Content-Security-Policy, fail the test. */
  async function openApp(options: { javaScriptEnabled?: boolean } = {}): Promise<{ page: Page; problems: string[] }> {
    context = await browser.newContext(options);
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().includes('the server responded')) problems.push(message.text());
    });
    await page.goto(demo.urls.app);
    return { page, problems };
  }

  async function signIn(page: Page): Promise<void> {
    await page.getByLabel('E-mail address').fill(ADA.email);
    await page.getByLabel('Password').fill(ADA.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
  }

  const claim = (page: Page, card: string, name: string): Promise<string | null> =>
    page
      .locator(`#${card} tr`, { has: page.getByRole('rowheader', { name, exact: true }) })
      .locator('td')
      .first()
      .textContent();

  it.each([true, false])(
    'logs in, consents, sees the claims, refreshes, asks userinfo and logs out (scripts: %s)',
    async (javaScriptEnabled) => {
      const { page, problems } = await openApp({ javaScriptEnabled });
      await page.getByRole('link', { name: 'Log in' }).click();
      await page.getByLabel('Keep me signed in').check();
      await signIn(page);
      await page.getByRole('button', { name: 'Allow' }).click();

      await page.getByRole('heading', { name: 'Hello, Ada Lovelace' }).waitFor();
      expect(await claim(page, 'id-token', 'email')).toBe('"ada@example.com"');
      expect(await claim(page, 'id-token', 'iss')).toBe(`"${demo.urls.issuer}"`);
      expect(await claim(page, 'introspection', 'active')).toBe('true');
      expect(await claim(page, 'introspection', 'scope')).toBe('"openid profile email offline_access"');

      await page.getByRole('button', { name: 'Refresh tokens' }).click();
      await page.getByRole('status').filter({ hasText: 'no longer active' }).waitFor();
      expect(await claim(page, 'introspection', 'active')).toBe('true');

      await page.getByRole('button', { name: 'Ask userinfo' }).click();
      await page.locator('#userinfo').waitFor();
      expect(await claim(page, 'userinfo', 'name')).toBe('"Ada Lovelace"');

      await page.getByRole('button', { name: 'Log out' }).click();
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByRole('heading', { name: 'You are logged out' }).waitFor();
      expect(page.url()).toMatch(demo.urls.app);
      await page.getByRole('link', { name: 'Log in again' }).click();
      await page.getByRole('heading', { name: 'Sign in' }).waitFor();
      expect(problems).toEqual([]);
    },
  );

  it('reports a wrong password, and then logs the person in', async () => {
    const { page } = await openApp();
    await page.getByRole('link', { name: 'Log in' }).click();
    await page.getByLabel('E-mail address').fill(ADA.email);
    await page.getByLabel('Password').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').filter({ hasText: 'wrong' }).waitFor();
    expect(await page.title()).toMatch(/^Error/);
    await signIn(page);
    await page.getByRole('heading', { name: 'Allow Example app?' }).waitFor();
  });

  it('returns to the app when the person cancels or denies', async () => {
    const { page } = await openApp();
    await page.getByRole('link', { name: 'Log in' }).click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('heading', { name: 'You were not logged in' }).waitFor();
    expect(await page.getByText('access_denied').isVisible()).toBe(true);
    await page.getByRole('link', { name: 'Back to the start' }).click();
    await page.getByRole('link', { name: 'Log in' }).click();
    await signIn(page);
    await page.getByRole('button', { name: 'Deny' }).click();
    await page.getByRole('heading', { name: 'You were not logged in' }).waitFor();
  });

  it('serves two tabs of one browser at once', async () => {
    const { page: one } = await openApp();
    const two = await context.newPage();
    await one.goto(`${demo.urls.app}/login`);
    await two.goto(`${demo.urls.app}/login`);
    await signIn(one);
    await signIn(two);
    for (const page of [one, two]) {
      await page.getByRole('button', { name: 'Allow' }).click();
      await page.getByRole('heading', { name: 'Hello, Ada Lovelace' }).waitFor();
    }
  });

  it('can be used with the keyboard alone', async () => {
    const { page } = await openApp();
    await page.getByRole('link', { name: 'Log in' }).press('Enter');
    await page.getByLabel('E-mail address').focus();
    await page.keyboard.type(ADA.email);
    await page.keyboard.press('Tab');
    await page.keyboard.type(ADA.password);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Allow Example app?' }).waitFor();
    await page.getByRole('checkbox', { name: 'See your e-mail address' }).press('Space');
    await page.getByRole('button', { name: 'Allow' }).press('Enter');
    await page.getByRole('heading', { name: 'Hello, Ada Lovelace' }).waitFor();
    expect(await page.locator('#id-token').getByText('email').count()).toBe(0);
  });

  it.each(['login', 'consent'])('has labels, one heading, landmarks and a language on the %s page', async (step) => {
    const { page } = await openApp();
    await page.getByRole('link', { name: 'Log in' }).click();
    if (step === 'consent') {
      await signIn(page);
      await page.getByRole('heading', { name: 'Allow Example app?' }).waitFor();
    }
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    expect(await page.locator('h1').count()).toBe(1);
    expect(await page.getByRole('main').count()).toBe(1);
    const labels = await page
      .locator('input:not([type=hidden])')
      .evaluateAll((inputs) =>
        inputs.map((input) => (input as unknown as { labels: ArrayLike<unknown> }).labels.length),
      );
    expect(labels.every((count) => count === 1)).toBe(true);
  });
});
