/**
 * Takes the pictures of docs/guides/login-app.md: starts the demo, walks through it in Chromium, and writes docs/images/*.png.
 * `node scripts/walk-pictures.mjs`; CHROMIUM names the program where it is not `chromium`. The demo's ports must be free.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = fileURLToPath(new URL('..', import.meta.url));
const data = mkdtempSync(join(tmpdir(), 'ostiary-pictures-'));
const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

const demo = spawn(process.execPath, ['examples/demo.mjs'], {
  cwd: root,
  env: { ...process.env, DATA_DIR: data },
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  await printed('Ctrl-C');
  await walk();
} finally {
  demo.kill('SIGINT');
  await new Promise((resolve) => demo.once('exit', resolve));
  rmSync(data, { recursive: true, force: true });
}

function printed(words) {
  let text = '';
  return new Promise((resolve, reject) => {
    demo.stdout.on('data', (part) => {
      text += part;
      if (text.includes(words)) resolve();
    });
    demo.once('exit', (code) => reject(new Error(`The demo ended with ${code}.`)));
  });
}

async function walk() {
  const program = process.env.CHROMIUM ?? execFileSync('which', ['chromium']).toString().trim();
  const browser = await chromium.launch({ executablePath: program, args: ['--no-sandbox'] });
  const page = await browser.newPage({ viewport: { width: 640, height: 640 } });
  const picture = (name) => page.screenshot({ path: join(root, `docs/images/${name}.png`) });

  await page.goto('http://127.0.0.1:5555/');
  await page
    .getByRole('link', { name: /sign in|log in/i })
    .or(page.getByRole('button', { name: /sign in|log in/i }))
    .first()
    .click();
  await page.waitForURL(/login_challenge/);
  await picture('login');
  await page.fill('input[name=email]', 'ada@example.com');
  await page.fill('input[name=password]', 'difference-engine');
  await page.locator('button[value=sign-in]').click();
  await page.waitForURL(/consent_challenge/);
  await picture('consent');
  await page.locator('button[value=allow]').click();
  await page.waitForURL(/:5555/);
  await page.waitForLoadState();
  await picture('signed-in');

  await device(page, picture);
  await browser.close();
}

async function device(page, picture) {
  const client = { client_id: 'television', client_name: 'Television', token_endpoint_auth_method: 'none' };
  await fetch('http://127.0.0.1:4445/admin/clients', {
    method: 'POST',
    body: JSON.stringify({ ...client, grant_types: [DEVICE_CODE], scope: 'openid' }),
  });
  const begun = await fetch('http://127.0.0.1:4444/oauth2/device/auth', {
    method: 'POST',
    body: new URLSearchParams({ client_id: client.client_id, scope: 'openid' }),
  });
  await page.goto((await begun.json()).verification_uri_complete);
  await picture('device');
}
