/** A person uses the single-page application of `public/` in Chromium. */
import assert from 'node:assert/strict';
import { logIn, openBrowser } from '../browser.mjs';
import { check } from '../runner.mjs';
import { serveSite } from '../site.mjs';

const { ISSUER, ADMIN_URL, APP_URL, PORT, CLIENT_ID, REDIRECT_URI, POST_LOGOUT_REDIRECT_URI, SCOPE } = process.env;
/** A token that lives for less is renewed at once. */
const AT_ONCE = 1_000_000;

const settings = {
  authority: ISSUER,
  client_id: CLIENT_ID,
  redirect_uri: REDIRECT_URI,
  silent_redirect_uri: `${APP_URL}/silent`,
  post_logout_redirect_uri: POST_LOGOUT_REDIRECT_URI,
  scope: SCOPE,
};
const at = (file) => new URL(file, import.meta.url);
const library = at('node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js');
const site = await serveSite(Number(PORT), {
  '/app.js': { type: 'text/javascript', file: at('public/app.js') },
  '/oidc-client-ts.js': { type: 'text/javascript', file: library },
  '/settings.json': { type: 'application/json', text: JSON.stringify(settings) },
  '/silent': { type: 'text/html', file: at('public/silent.html') },
  '*': { type: 'text/html', file: at('public/index.html') },
});
const { context, close } = await openBrowser();
const page = await context.newPage();

await signIn();
const first = await user(page);
check('discovery', 'the page may read the document and the keys from its own origin');
check('login', 'code with PKCE by redirect; the token endpoint may be called from the origin of the page (CORS)');
assert.equal(first.profile.email, 'ada@example.com');
check('userinfo', 'loadUserInfo merges the claims, across origins');

await byRefreshToken();
await byItself();
await inTwoTabs();
await byIframe();
await logOut();
await withDeadToken();
await withBoundTokens();
await close();
site.close();

async function signIn(consent = {}) {
  await page.goto(APP_URL);
  await page.getByText('Nobody is signed in').waitFor();
  await page.evaluate(() => void window.app.manager.signinRedirect());
  await logIn(page, consent);
  await page.getByText('Hello, Ada Lovelace').waitFor();
}

function user(tab) {
  return tab.evaluate(async () => {
    const { profile, access_token, refresh_token, id_token } = await window.app.manager.getUser();
    return { profile, access_token, refresh_token, id_token };
  });
}

async function byRefreshToken() {
  await page.evaluate(() => window.app.manager.signinSilent());
  const renewed = await user(page);
  for (const token of ['access_token', 'refresh_token', 'id_token']) assert.notEqual(renewed[token], first[token]);
  assert.equal(renewed.profile.sub, first.profile.sub);
  check('refresh', 'signinSilent with the refresh token: new access, refresh and ID token');
}

/** The timer of the library. */
async function byItself() {
  const before = await user(page);
  const tab = await context.newPage();
  await tab.goto(`${APP_URL}/?notice=${AT_ONCE}`);
  await tab.waitForFunction(() => window.app?.heard.some(({ event }) => event === 'userLoaded'));
  await tab.close();
  assert.notEqual((await user(page)).access_token, before.access_token);
  check('refresh', 'automaticSilentRenew renews before the token expires');
}

/** Both read the same refresh token from the storage that they share; neither request is sent before the other one is there. */
async function inTwoTabs() {
  const other = await context.newPage();
  await other.goto(APP_URL);
  await other.getByText('Hello, Ada Lovelace').waitFor();
  const sent = [];
  let arrived;
  const both = new Promise((resolve) => (arrived = resolve));
  await context.route(`${ISSUER}/oauth2/token`, async (route) => {
    sent.push(new URLSearchParams(route.request().postData()).get('refresh_token'));
    if (sent.length === 2) arrived();
    await both;
    await route.continue();
  });
  const renew = (tab) => tab.evaluate(async () => (await window.app.manager.signinSilent()).access_token);
  const [one, two] = await Promise.all([renew(page), renew(other)]);
  await context.unroute(`${ISSUER}/oauth2/token`);
  assert.equal(sent[0], sent[1]);
  assert.notEqual(one, two);
  await renew(other);
  await renew(page);
  await other.close();
  check('refresh', 'two tabs refresh with one token at once, and both go on (grace period)');
}

async function byIframe() {
  const before = await user(page);
  await page.evaluate(() => window.app.manager.signinSilent({ forceIframeAuth: true }));
  const renewed = await user(page);
  assert.notEqual(renewed.access_token, before.access_token);
  assert.equal(renewed.profile.sub, before.profile.sub);
  check('refresh', 'an iframe with prompt=none, where issuer and application are one site');
}

async function logOut() {
  await page.evaluate(() => void window.app.manager.signoutRedirect());
  await page.waitForURL(`${POST_LOGOUT_REDIRECT_URI}**`);
  await page.getByText('Nobody is signed in').waitFor();
  const silent = page.evaluate(() => window.app.manager.signinSilent().catch(({ error }) => error));
  assert.equal(await silent, 'login_required');
  check('logout', 'back at the application without a question (id_token_hint), and the session has ended');
}

/** An administrator ends the access, and the page learns of it. */
async function withDeadToken() {
  await signIn({ isAsked: false }); // remembered
  const { access_token: dead, profile } = await user(page);
  const query = new URLSearchParams({ subject: profile.sub, client: CLIENT_ID });
  const revoked = await fetch(`${ADMIN_URL}/admin/oauth2/auth/sessions/consent?${query}`, { method: 'DELETE' });
  assert.equal(revoked.status, 204);
  await page.goto(`${APP_URL}/?notice=${AT_ONCE}`);
  await page.waitForFunction(() => window.app?.heard.some(({ event }) => event === 'silentRenewError'));
  const { error } = await page.evaluate(() => window.app.heard.find(({ event }) => event === 'silentRenewError'));
  assert.equal(error, 'invalid_grant');
  check('dead token', 'the silentRenewError event brings invalid_grant to the page');
  const answer = await page.evaluate(async (token) => {
    const metadata = await window.app.manager.metadataService.getMetadata();
    const response = await fetch(metadata.userinfo_endpoint, { headers: { authorization: `Bearer ${token}` } });
    return { status: response.status, challenge: response.headers.get('www-authenticate') };
  }, dead);
  assert.equal(answer.status, 401);
  assert.match(answer.challenge, /invalid_token/);
  check('dead token', 'userinfo says 401 invalid_token, which the page may read across origins');
}

/** DPoP (RFC 9449), with nonces of the server: what the page sends and reads across origins for it. */
async function withBoundTokens() {
  await context.clearCookies();
  await page.evaluate(async () => {
    await window.app.manager.removeUser();
    localStorage.setItem('bound', '');
  });
  await signIn();
  const { access_token: bound } = await user(page);
  const { cnf } = await introspect(bound);
  assert.ok(cnf.jkt);
  check('dpop', 'the token is bound to a key of the browser; the nonce of the server was read across origins');
  await page.evaluate(() => window.app.manager.signinSilent());
  const { access_token: next } = await user(page);
  assert.notEqual(next, bound);
  assert.deepEqual((await introspect(next)).cnf, cnf);
  check('dpop', 'signinSilent with the refresh token: bound to the same key');
  const claims = await page.evaluate(async () => {
    const { manager } = window.app;
    const { userinfo_endpoint: url } = await manager.metadataService.getMetadata();
    const owner = await manager.getUser();
    const ask = async (nonce) => {
      const proof = await manager.dpopProof(url, owner, 'GET', nonce);
      return fetch(url, { headers: { authorization: `DPoP ${owner.access_token}`, dpop: proof } });
    };
    const first = await ask();
    const answer = first.status === 401 ? await ask(first.headers.get('dpop-nonce')) : first;
    return answer.json();
  });
  assert.equal(claims.name, 'Ada Lovelace');
  check('dpop', 'userinfo with a proof of the page');
}

async function introspect(token) {
  const body = new URLSearchParams({ token });
  return (await fetch(`${ADMIN_URL}/admin/oauth2/introspect`, { method: 'POST', body })).json();
}
