import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RegisteredClient } from '../../../src/clients/registered-client.js';
import { LogoutFinish } from '../../../src/consent/logout/logout-finish.js';
import { LogoutRequests } from '../../../src/consent/logout/logout-requests.js';
import { LogoutStart } from '../../../src/consent/logout/logout-start.js';
import type { AcceptOAuth2LoginRequestDto } from '../../../src/consent/requests/accept-login-request.dto.js';
import { HYDRA_COOKIE_SECONDS } from '../../../src/http/exchange/hydra-cookie.js';
import { FormParams } from '../../../src/http/exchange/form-params.js';
import type { AuthorizationRequest } from '../../../src/protocol/authorization-request.js';
import { makeHydraCookie } from '../../support/hydra-cookie.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { after, Apps, Browser, configure, exchangeAt, requestOf, Room, SECRET, START } from './room.js';

const NAME = 'ory_hydra_session';
const LOGIN_AT = after(-1000);
const OURS = /^v1\./;

let database: TestDatabase;
let room: Room;
let apps: Apps;
let client: RegisteredClient;

beforeAll(async () => {
  database = await freshDatabase();
  room = await Room.open(configure(database.dsn));
  apps = new Apps(room);
  client = await room.client();
});
afterAll(async () => {
  await room.close();
  await database.drop();
});

interface Imported {
  browser: Browser;
  subject: string;
  sid: string;
  cookie: string;
}

/** A browser with a cookie of Hydra, and the row of its session as an import leaves it. */
async function imported({
  remember = true,
  name = NAME,
  secret = SECRET,
  issuedAt = LOGIN_AT,
} = {}): Promise<Imported> {
  const [subject, sid] = [randomUUID(), randomUUID()];
  await room.database.query(
    `insert into login_session (id, subject, authenticated_at, remember, expires_at, until_browser_closed)
     values ($1, $2, $3, $4, $5, false)`,
    [sid, subject, LOGIN_AT, remember, after(HYDRA_COOKIE_SECONDS)],
  );
  const cookie = makeHydraCookie({ secret, name, values: { sid }, issuedAt });
  const browser = new Browser(room);
  browser.jar.set(NAME, cookie);
  return { browser, subject, sid, cookie };
}

/** The login request that the browser is sent to. */
async function asked(browser: Browser, over: Partial<AuthorizationRequest> = {}, at = START) {
  const challenge = await browser.begin(requestOf(client, over), client, at);
  const read = await room.logins.read(challenge, at);
  if (read.kind === 'gone') throw new Error('It is gone.');
  const { skip, subject, session_id: sid } = read.document;
  return { challenge, skip, subject, sid };
}

/** Walks to the end of a grant. */
async function walked(browser: Browser, said: Partial<AcceptOAuth2LoginRequestDto>, over = {}) {
  const { challenge } = await asked(browser, over);
  const consent = await browser.toConsent(await apps.acceptLogin(challenge, START, said), client, START);
  return (await browser.toGrant(await apps.acceptConsent(consent, START), client, START)).granted;
}

const cookieOf = (browser: Browser): string | undefined => browser.jar.get(NAME);

describe('a browser that was logged in at Hydra', () => {
  it('is still logged in, with the subject, the session and the time of its login', async () => {
    const { browser, subject, sid } = await imported();
    expect(await asked(browser)).toMatchObject({ skip: true, subject, sid });
    const granted = await walked(browser, { subject });
    expect([granted.loginSessionId, granted.authTime]).toEqual([sid, LOGIN_AT.getTime() / 1000]);
  });

  it('is not given a cookie anew when its login is skipped, so that it stays logged in no longer than promised', async () => {
    const { browser, subject, cookie } = await imported();
    await walked(browser, { subject, remember: true });
    expect(cookieOf(browser)).toBe(cookie);
    expect(browser.lines.filter((line) => line.startsWith(`${NAME}=`))).toEqual([]);
  });

  it('gets a cookie of this server when the login app extends the session', async () => {
    const { browser, subject, sid } = await imported();
    await walked(browser, { subject, remember: true, remember_for: 60, extend_session_lifespan: true });
    expect(cookieOf(browser)).toMatch(OURS);
    expect(await asked(browser, {}, after(59))).toMatchObject({ skip: true, sid });
    expect(await asked(browser, {}, after(60))).toMatchObject({ skip: false });
  });

  it('gets a cookie of this server when the person logs in again', async () => {
    const { browser, subject } = await imported();
    const granted = await walked(browser, { subject, remember: true }, { prompt: ['login'] });
    expect(cookieOf(browser)).toMatch(OURS);
    expect(await asked(browser)).toMatchObject({ skip: true, sid: granted.loginSessionId });
  });

  it('must log in where the login is older than max_age', async () => {
    const { browser } = await imported();
    expect(await asked(browser, { maxAge: 1001 })).toMatchObject({ skip: true });
    expect(await asked(browser, { maxAge: 999 })).toMatchObject({ skip: false });
  });

  it('is answered without a page (prompt=none), and refused where somebody else is expected', async () => {
    const { browser, subject } = await imported();
    const silently = { prompt: ['none' as const] };
    expect(await asked(browser, { ...silently, idTokenHintClaims: { sub: subject } })).toMatchObject({ skip: true });
    const somebodyElse = asked(browser, { ...silently, idTokenHintClaims: { sub: 'bob' } });
    await expect(somebodyElse).rejects.toMatchObject({ code: 'login_required' });
  });

  it('is logged out for good, and loses the cookie', async () => {
    const { browser, sid, cookie } = await imported();
    const { location } = await room.get(LogoutStart).begin(new FormParams(), browser.exchange(START));
    const challenge = new URL(location).searchParams.get('logout_challenge') ?? '';
    const back = new URL(await room.get(LogoutRequests).accept(challenge, exchangeAt(START)));
    const verifier = back.searchParams.get('logout_verifier') ?? '';
    const { cookies } = await room.get(LogoutFinish).complete(verifier, browser.exchange(START));
    browser.take(cookies);
    expect(cookieOf(browser)).toBeUndefined();
    browser.jar.set(NAME, cookie);
    expect(await asked(browser)).toMatchObject({ skip: false });
    expect(await room.sessions.find(sid)).toBeUndefined();
  });

  it('is logged in for at most 400 days after the date of its cookie', async () => {
    const { browser } = await imported();
    const end = HYDRA_COOKIE_SECONDS - 1000;
    expect(await asked(browser, {}, after(end - 1))).toMatchObject({ skip: true });
    expect(await asked(browser, {}, after(end))).toMatchObject({ skip: false });
  });
});

describe('nobody is logged in by a cookie of Hydra', () => {
  it.each([
    ['whose session is not remembered', { remember: false }],
    ['of another name', { name: `${NAME}_dev` }],
    ['under an unknown secret', { secret: 'a secret of nobody' }],
    ['from the future', { issuedAt: after(301) }],
  ])('%s', async (_, given) => {
    const { browser } = await imported(given);
    expect(await asked(browser)).toMatchObject({ skip: false });
  });

  it('whose session is unknown here', async () => {
    const { browser, sid } = await imported();
    await room.database.query('delete from login_session where id = $1', [sid]);
    expect(await asked(browser)).toMatchObject({ skip: false });
  });
});
