/** A person uses a page in Chromium that is a client of a protected MCP server. Page, MCP server and issuer are three origins. */
import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { logIn, openBrowser } from '../browser.mjs';
import { check } from '../runner.mjs';
import { serveSite } from '../site.mjs';
import { startMcpServer } from './mcp-server.mjs';
import { rolldown } from 'rolldown';

const { ISSUER, ADMIN_URL, APP_URL, PORT } = process.env;

const mcp = await startMcpServer({ issuer: ISSUER, adminUrl: ADMIN_URL });
const at = (file) => fileURLToPath(new URL(file, import.meta.url));
const bundle = await rolldown({ input: at('page/app.js'), platform: 'browser', logLevel: 'silent' });
const { output } = await bundle.generate({ format: 'esm' });
const site = await serveSite(Number(PORT), {
  '/app.js': { type: 'text/javascript', text: output[0].code },
  '/settings.json': { type: 'application/json', text: JSON.stringify({ mcp: mcp.url }) },
  '*': { type: 'text/html', file: at('page/index.html') },
});

const { context, close } = await openBrowser();
const page = await context.newPage();
/** Requests of pages to the issuer: each needs the leave of CORS. */
const asked = [];
page.on('request', (request) => {
  if (request.resourceType() === 'fetch') asked.push(request.url().replace(ISSUER, ''));
});

await page.goto(APP_URL);
await page.getByText('Nobody is signed in').waitFor();
await page.evaluate(() => void window.app.whoami().catch(() => undefined));
await page.getByLabel('E-mail address').waitFor();
assert.ok(asked.includes('/.well-known/oauth-authorization-server'));
check('discovery', '401 of the MCP server, its resource metadata, then the metadata of the issuer, read by the page');

const client = await kept('client');
assert.ok(asked.includes('/oauth2/register'));
assert.equal(client.token_endpoint_auth_method, 'none');
check('registration', 'the page registers itself (RFC 7591) as a public client');

await shortenTokens();
await logIn(page);
await page.getByText('Signed in').waitFor();
const first = await kept('tokens');
const subject = await whoami();
assert.match(subject, /^user-/);
check('login', 'code with PKCE, redeemed by the page; the tool says who is asking');

await untilInactive(first.access_token);
assert.equal(await whoami(), subject);
const second = await kept('tokens');
assert.notEqual(second.access_token, first.access_token);
assert.notEqual(second.refresh_token, first.refresh_token);
check('refresh', 'an expired token is a 401, upon which the library refreshes and asks again');

const { revocation_endpoint: revocation } = await (await fetch(`${ISSUER}/.well-known/openid-configuration`)).json();
const status = await page.evaluate(
  async ([url, token, id]) => {
    const body = new URLSearchParams({ token, client_id: id });
    return (await fetch(url, { method: 'POST', body })).status;
  },
  [revocation, second.refresh_token, client.client_id],
);
assert.equal(status, 200);
await page.evaluate(() => void window.app.whoami().catch(() => undefined));
await page.waitForURL((url) => url.origin !== APP_URL);
check('logout', 'the page revokes its tokens; then invalid_grant at the refresh leads to a new login');

await close();
mcp.close();
site.close();

/** What the page has in its storage, wherever the browser is. */
async function kept(name) {
  const { origins } = await context.storageState();
  const own = origins.find(({ origin }) => origin === APP_URL);
  return JSON.parse(own.localStorage.find((entry) => entry.name === name).value);
}

function whoami() {
  return page.evaluate(() => window.app.whoami());
}

/** Access tokens of a login that soon expire. */
async function shortenTokens() {
  const response = await fetch(`${ADMIN_URL}/admin/clients/${client.client_id}/lifespans`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ authorization_code_grant_access_token_lifespan: '2s' }),
  });
  assert.equal(response.status, 200);
}

async function untilInactive(token) {
  const body = new URLSearchParams({ token });
  for (let active = true; active;) {
    const response = await fetch(`${ADMIN_URL}/admin/oauth2/introspect`, { method: 'POST', body });
    ({ active } = await response.json());
    if (active) await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
