/** A person in Chromium uses two applications with one login and logs out of both, by front and back channel. */
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freshDatabase, type TestDatabase } from '../support/postgres.js';
import { Receiver } from '../support/receiver.js';
import { RelyingParty } from '../support/relying-party.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { chromiumPath, launchChromium } from './support/chromium.mjs';
import { loginConsentApp } from './support/example-apps.js';
import { ADA } from './support/relying-party.js';
import { Sites } from './support/sites.js';

const chromium = chromiumPath();
if (!chromium) process.stdout.write('No Chromium on the PATH: the browser tests are skipped.\n');

const ID = 'http://id.example.test';
const HOSTS = { photos: 'photos.one.test', notes: 'notes.two.test' };
/** The host to which the front channel of the notes may redirect. */
const ELSEWHERE = 'accounts.three.test';
const BYE = `http://${HOSTS.photos}/bye`;

/** An application: its client, and the requests to its front channel. */
interface Application {
  client: RelyingParty;
  callback: string;
  frames: URL[];
}

describe.skipIf(!chromium)('logout in a browser', () => {
  let sites: Sites;
  let browser: Browser;
  let database: TestDatabase;
  let server: TestServer;
  let receiver: Receiver;
  let context: BrowserContext;
  let photos: Application;
  let notes: Application;
  /** The behaviour of the front channel of the notes. */
  let notesFront: 'answers' | 'hangs' | 'leads on';
  /** The number of its redirects to another site. */
  let elsewhere: number;
  let violations: string[];

  beforeAll(async () => {
    sites = await Sites.open();
    browser = await launchChromium(chromium!, sites.rules);
    database = await freshDatabase();
    receiver = await Receiver.open();
    const at = (path: string): string => `http://login.example.test/${path}`;
    server = await startTestServer(database.dsn, {
      urls: {
        ...{ self: { issuer: ID }, login: at('login'), consent: at('consent'), logout: at('logout') },
        ...{ post_logout_redirect: at('logged-out'), error: at('error') },
      },
    });
    sites.forward('id.example.test', server.public);
    sites.serve('login.example.test', await loginConsentApp(server.admin));
    [photos, notes] = [await application('photos'), await application('notes')];
    sites.serve(ELSEWHERE, (_, response) => {
      elsewhere++;
      response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Signed out here, too</h1>');
    });
  });
  beforeEach(() => {
    receiver.clear();
    [notesFront, elsewhere, violations, photos.frames, notes.frames] = ['answers', 0, [], [], []];
  });
  afterEach(() => context.close());
  afterAll(async () => {
    await browser.close();
    await server.stop();
    await sites.close();
    await receiver.close();
    await database.drop();
  });

  async function application(name: 'photos' | 'notes'): Promise<Application> {
    const site = `http://${HOSTS[name]}`;
    const client = await RelyingParty.register(server, {
      ...{ client_name: name, redirect_uris: [`${site}/callback`], post_logout_redirect_uris: [`${site}/bye`] },
      ...{ frontchannel_logout_uri: `${site}/front?of=${name}`, frontchannel_logout_session_required: true },
      ...{ backchannel_logout_uri: `${receiver.url}/${name}`, backchannel_logout_session_required: true },
    });
    const made: Application = { client, callback: `${site}/callback`, frames: [] };
    sites.serve(HOSTS[name], (request, response) => {
      const url = new URL(request.url ?? '/', site);
      if (url.pathname === '/front') made.frames.push(url);
      if (url.pathname === '/front' && name === 'notes') {
        if (notesFront === 'hangs') return;
        if (notesFront === 'leads on') return void response.writeHead(302, { location: `http://${ELSEWHERE}/` }).end();
      }
      response.writeHead(200, { 'content-type': 'text/html' }).end(`<h1>${url.pathname}</h1>`);
    });
    return made;
  }

  async function open(options: { javaScriptEnabled?: boolean } = {}): Promise<Page> {
    context = await browser.newContext(options);
    const page = await context.newPage();
    page.on('console', (message) => {
      if (/Content Security Policy|Refused to/i.test(message.text())) violations.push(message.text());
    });
    return page;
  }

  /** Logs in if asked, and allows everything. Returns the ID token. */
  async function use(page: Page, { client, callback }: Application): Promise<string> {
    await page.goto(ID + client.address({ redirect_uri: callback, scope: 'openid' }));
    if (await page.getByLabel('Password').isVisible()) {
      await page.getByLabel('E-mail address').fill(ADA.email);
      await page.getByLabel('Password').fill(ADA.password);
      await page.getByLabel('Keep me signed in').check();
      await page.getByRole('button', { name: 'Sign in' }).click();
    }
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.waitForURL(`${callback}?**`);
    const code = new URL(page.url()).searchParams.get('code') ?? '';
    const { json } = await client.redeem(code, { redirect_uri: callback });
    return json.id_token as string;
  }

  /** Logs out like the application that received the hint. The person agrees. */
  async function logOut(page: Page, hint: string): Promise<void> {
    const parameters = { id_token_hint: hint, post_logout_redirect_uri: BYE, state: 'a-state' };
    await page.goto(`${ID}/oauth2/sessions/logout?${new URLSearchParams(parameters).toString()}`);
    await page.getByRole('button', { name: 'Sign out' }).click();
  }

  it('loads the front channel of both applications, notifies both by the back channel, and redirects back', async () => {
    const page = await open();
    const hint = await use(page, photos);
    await use(page, notes);
    const sid = decodeJwt(hint)['sid'];
    await logOut(page, hint);
    await page.waitForURL(`${BYE}?state=a-state`);
    for (const { frames } of [photos, notes]) {
      expect(frames.map(({ searchParams }) => [searchParams.get('iss'), searchParams.get('sid')])).toEqual([[ID, sid]]);
    }
    expect([photos, notes].map(({ frames }) => frames[0]?.searchParams.get('of'))).toEqual(['photos', 'notes']);
    expect(violations).toEqual([]);

    const keys = createRemoteJWKSet(new URL(`${server.public}/.well-known/jwks.json`));
    const told = await receiver.received(2);
    expect(told.map(({ path }) => path).sort()).toEqual(['/notes', '/photos']);
    for (const { path, form } of told) {
      const audience = (path === '/notes' ? notes : photos).client.clientId;
      const token = form.get('logout_token') ?? '';
      const { payload } = await jwtVerify(token, keys, { issuer: ID, audience, typ: 'logout+jwt' });
      expect([payload['sid'], payload.sub]).toEqual([sid, decodeJwt(hint).sub]);
    }

    await page.goto(ID + notes.client.address({ redirect_uri: notes.callback, scope: 'openid' }));
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  it('continues although the front channel of one application hangs', async () => {
    const page = await open();
    const hint = await use(page, photos);
    await use(page, notes);
    notesFront = 'hangs';
    await logOut(page, hint);
    await page.waitForURL(`${BYE}?state=a-state`);
    expect([photos, notes].map(({ frames }) => frames.length)).toEqual([1, 1]);
    expect(violations).toEqual([]);
  });

  it('allows the front channel of an application to redirect to another site', async () => {
    const page = await open();
    const hint = await use(page, photos);
    await use(page, notes);
    notesFront = 'leads on';
    await logOut(page, hint);
    await page.waitForURL(`${BYE}?state=a-state`);
    expect([elsewhere, violations]).toEqual([1, []]);
  });

  it('continues with a link if scripts are disabled', async () => {
    const page = await open({ javaScriptEnabled: false });
    await logOut(page, await use(page, photos));
    await page.getByRole('link', { name: 'Continue' }).click();
    await page.waitForURL(`${BYE}?state=a-state`);
  });
});
