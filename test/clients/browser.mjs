/** A person with Chromium, for programs that run in a browser. */
import { users } from '../../examples/login-consent/users.mjs';
import { launchChromium } from '../e2e/support/chromium.mjs';

const [{ email, password }] = users;

/** A private window: pages of its context share cookies and storage. */
export async function openBrowser() {
  const browser = await launchChromium(process.env.CHROMIUM);
  const context = await browser.newContext();
  return { context, close: () => browser.close() };
}

/** At the pages of the example app: logs in, stays signed in, and, where it is asked, allows it for the next time as well. */
export async function logIn(page, { isAsked = true } = {}) {
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByLabel('Keep me signed in').check();
  await page.getByRole('button', { name: 'Sign in' }).click();
  if (!isAsked) return;
  await page.getByLabel('Do not ask me again').check();
  await page.getByRole('button', { name: 'Allow' }).click();
}
