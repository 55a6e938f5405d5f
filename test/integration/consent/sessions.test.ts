import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomUUID } from 'node:crypto';
import type { RegisteredClient } from '../../../src/clients/registered-client.js';
import type { AcceptOAuth2LoginRequestDto } from '../../../src/consent/requests/accept-login-request.dto.js';
import { SessionEnd } from '../../../src/consent/sessions/session-end.js';
import type { AuthorizationRequest } from '../../../src/protocol/authorization-request.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { after, Apps, Browser, challengeIn, configure, exchangeAt, requestOf, Room, START } from './room.js';
import { overBothStores } from '../../support/stores.js';

const DAYS_30 = 2_592_000;

overBothStores('login sessions', (redis) => {
  let database: TestDatabase;
  let room: Room;
  let apps: Apps;
  let client: RegisteredClient;

  beforeAll(async () => {
    database = await freshDatabase();
    room = await Room.open(configure(database.dsn, redis));
    apps = new Apps(room);
    client = await room.client();
  });
  afterAll(async () => {
    await room.close();
    await database.drop();
  });

  type Said = Partial<AcceptOAuth2LoginRequestDto>;
  /** Logs in; the consent challenge is left open. */
  const login = async (browser: Browser, said: Said, at = START, over: Partial<AuthorizationRequest> = {}) => {
    const challenge = await browser.begin(requestOf(client, over), client, at);
    const back = await apps.acceptLogin(challenge, at, said);
    return { challenge, back, consent: await browser.toConsent(back, client, at) };
  };
  const asked = async (browser: Browser, at: Date, over: Partial<AuthorizationRequest> = {}) => {
    const challenge = await browser.begin(requestOf(client, over), client, at);
    const read = await room.logins.read(challenge, at);
    if (read.kind === 'gone') throw new Error('It is gone.');
    return { challenge, document: read.document };
  };
  const endAll = (subject: string): Promise<void> => room.get(SessionEnd).endAllOf(subject, exchangeAt(START));
  const sessionsOf = async (subject: string): Promise<{ id: string; remember: boolean; expires_at: Date }[]> =>
    room.database.query('select id, remember, expires_at from login_session where subject = $1', [subject]);

  it('is skipped for every client once it is remembered, with its subject, id and time', async () => {
    const browser = new Browser(room);
    const subject = randomUUID();
    await login(browser, { subject, remember: true });
    const second = await room.client();
    const challenge = await browser.begin(requestOf(second), second, after(100));
    const read = await room.logins.read(challenge, after(100));
    const [session] = await sessionsOf(subject);
    expect(read.kind === 'open' && read.document).toMatchObject({ skip: true, subject, session_id: session?.id });
    const back = await apps.acceptLogin(challenge, after(101), { subject });
    const on = await apps.acceptConsent(await browser.toConsent(back, second, after(102)), after(103));
    const { granted } = await browser.toGrant(on, second, after(104));
    expect([granted.authTime, granted.loginSessionId]).toEqual([START.getTime() / 1000, session?.id]);
  });

  it('has acr, amr and context of the present answer when it is skipped, not of the remembered login', async () => {
    const browser = new Browser(room);
    const subject = randomUUID();
    await login(browser, { subject, remember: true, acr: 'gold', amr: ['otp'], context: { a: 1 } });
    const { consent } = await login(browser, { subject }, after(10));
    const read = await room.consentRequests.read(consent, after(11));
    expect(read.kind === 'open' && read.document).toMatchObject({ acr: '', amr: [], context: null });
  });

  it.each([
    ['remember_for', { remember: true, remember_for: 4711 }, 4711],
    ['the configured time where remember_for is 0', { remember: true, remember_for: 0 }, DAYS_30],
    ['the configured time where it is left out', { remember: true }, DAYS_30],
  ])('lasts, in the row and in the cookie, %s', async (_, said: Said, seconds) => {
    const browser = new Browser(room);
    const subject = randomUUID();
    await login(browser, { subject, ...said });
    expect(browser.lines.at(-1)).toMatch(new RegExp(`^ory_hydra_session=.*Max-Age=${seconds};`));
    expect((await sessionsOf(subject))[0]?.expires_at).toEqual(after(seconds));
  });

  it('ends on the server after remember_for, although the browser still sends the cookie', async () => {
    const browser = new Browser(room);
    await login(browser, { subject: randomUUID(), remember: true, remember_for: 60 });
    expect((await asked(browser, after(59))).document.skip).toBe(true);
    expect((await asked(browser, after(60))).document.skip).toBe(false);
    const silent = requestOf(client, { prompt: ['none'] });
    await expect(browser.begin(silent, client, after(60))).rejects.toMatchObject({ code: 'login_required' });
  });

  it('is not remembered by a negative remember_for', async () => {
    const browser = new Browser(room);
    await login(browser, { subject: randomUUID(), remember: true, remember_for: -5 });
    expect([browser.hasSession, (await asked(browser, after(1))).document.skip]).toEqual([false, false]);
  });

  it('gets a row but no cookie if it is not remembered, and the next login has another id', async () => {
    const browser = new Browser(room);
    const subject = randomUUID();
    await login(browser, { subject });
    const [session] = await sessionsOf(subject);
    expect([session?.remember, browser.hasSession]).toEqual([false, false]);
    const next = (await asked(browser, after(10))).document;
    expect([next.skip, next.subject, next.session_id === session?.id]).toEqual([false, '', false]);
  });

  it('ends an older session of the browser by a login that is not remembered', async () => {
    const browser = new Browser(room);
    const subject = randomUUID();
    await login(browser, { subject, remember: true });
    await login(browser, { subject: 'bob' }, after(10), { prompt: ['login'] });
    expect([browser.hasSession, await sessionsOf(subject)]).toEqual([false, []]);
  });

  it('keeps its cookie unchanged when it is skipped, unless the app extends it', async () => {
    const browser = new Browser(room);
    const subject = randomUUID();
    await login(browser, { subject, remember: true, remember_for: 1000 });
    const cookies = browser.lines.filter((line) => line.startsWith('ory_hydra_session')).length;
    await login(browser, { subject }, after(100));
    expect(browser.lines.filter((line) => line.startsWith('ory_hydra_session'))).toHaveLength(cookies);
    await login(browser, { subject, extend_session_lifespan: true, remember_for: 5000 }, after(200));
    expect(browser.lines.at(-1)).toMatch(/^ory_hydra_session=.*Max-Age=5000;/);
    expect((await sessionsOf(subject)).map((row) => row.expires_at)).toEqual([after(5200)]);
  });

  describe('until the browser is closed', () => {
    const closed = { remember: true, remember_until: 'browser_closed' } as const;
    const cookieOf = (browser: Browser): string =>
      browser.lines.filter((line) => line.startsWith('ory_hydra_session=')).at(-1) ?? '';

    it('has a cookie without a maximum age, and is skipped while the browser sends it', async () => {
      const browser = new Browser(room);
      const subject = randomUUID();
      await login(browser, { subject, ...closed });
      expect(cookieOf(browser)).toMatch(/^ory_hydra_session=v1\./);
      expect(cookieOf(browser)).not.toMatch(/max-age|expires/i);
      expect((await asked(browser, after(100))).document).toMatchObject({ skip: true, subject });
    });

    it.each([
      [60, 60],
      [0, DAYS_30],
    ])('ends on the server for a browser that is never closed: remember_for %d', async (seconds, end) => {
      const browser = new Browser(room);
      await login(browser, { subject: randomUUID(), ...closed, remember_for: seconds });
      expect((await asked(browser, after(end - 1))).document.skip).toBe(true);
      expect((await asked(browser, after(end))).document.skip).toBe(false);
    });

    it('stays so when it is extended by an answer without remember_until', async () => {
      const browser = new Browser(room);
      const subject = randomUUID();
      await login(browser, { subject, ...closed, remember_for: 60 });
      await login(browser, { subject, extend_session_lifespan: true, remember_for: 5000 }, after(10));
      expect(cookieOf(browser)).not.toMatch(/max-age|expires/i);
      expect((await sessionsOf(subject)).map((row) => row.expires_at)).toEqual([after(5010)]);
    });

    it('becomes so when it is extended by an answer with remember_until', async () => {
      const browser = new Browser(room);
      const subject = randomUUID();
      await login(browser, { subject, remember: true });
      await login(browser, { subject, extend_session_lifespan: true, ...closed }, after(10));
      expect(cookieOf(browser)).not.toMatch(/max-age|expires/i);
    });

    it('gets the same cookie again if the first response was lost', async () => {
      const browser = new Browser(room);
      const { back } = await login(browser, { subject: randomUUID(), ...closed });
      browser.jar.delete('ory_hydra_session');
      await browser.toConsent(back, client, after(10));
      expect([browser.hasSession, /max-age|expires/i.test(cookieOf(browser))]).toEqual([true, false]);
    });

    it('does not remember a login without remember', async () => {
      const browser = new Browser(room);
      await login(browser, { subject: randomUUID(), remember_until: 'browser_closed' });
      expect([browser.hasSession, (await asked(browser, after(1))).document.skip]).toEqual([false, false]);
    });
  });

  it('is restarted with a fresh login if the app accepts another subject than the one logged in', async () => {
    const browser = new Browser(room);
    await login(browser, { subject: randomUUID(), remember: true });
    const { challenge } = await asked(browser, after(10));
    const address = new URL(await apps.acceptLogin(challenge, after(11), { subject: 'bob' }));
    expect([address.searchParams.get('prompt'), address.searchParams.has('login_verifier')]).toEqual(['login', false]);
  });

  it('leads to a new login if it was ended during a skipped login; the old verifier leads there too', async () => {
    const browser = new Browser(room);
    const subject = randomUUID();
    await login(browser, { subject, remember: true });
    const { challenge } = await asked(browser, after(10));
    const back = await apps.acceptLogin(challenge, after(11), { subject });
    await endAll(subject);
    const fresh = challengeIn(await browser.redirected(back, client, after(12)), 'login_challenge');
    const read = await room.logins.read(fresh, after(13));
    expect(read.kind === 'open' && read.document).toMatchObject({ skip: false, subject: '' });
    expect(challengeIn(await browser.redirected(back, client, after(13)), 'login_challenge')).toBe(fresh);
    expect([browser.hasSession, await sessionsOf(subject)]).toEqual([false, []]);
    expect((await room.logins.read(challenge, after(14))).kind).toBe('gone');
    const consent = await browser.toConsent(await apps.acceptLogin(fresh, after(15), { subject }), client, after(16));
    const { granted } = await browser.toGrant(await apps.acceptConsent(consent, after(17)), client, after(18));
    expect([granted.subject, granted.authTime]).toEqual([subject, START.getTime() / 1000 + 15]);
  });

  it('leads to a new login if it was ended during the consent request, and stays ended', async () => {
    const browser = new Browser(room);
    const subject = randomUUID();
    const { back, consent } = await login(browser, { subject, remember: true });
    await endAll(subject);
    const on = await apps.acceptConsent(consent, after(10));
    const fresh = challengeIn(await browser.redirected(on, client, after(11)), 'login_challenge');
    for (const verifier of [on, back]) {
      expect(challengeIn(await browser.redirected(verifier, client, after(12)), 'login_challenge')).toBe(fresh);
    }
    expect([browser.hasSession, await sessionsOf(subject)]).toEqual([false, []]);
  });

  it('is not revived by a login verifier that is sent again after it was ended', async () => {
    const browser = new Browser(room);
    const subject = randomUUID();
    const { back, consent } = await login(browser, { subject, remember: true });
    await endAll(subject);
    expect(await browser.toConsent(back, client, after(10))).toBe(consent);
    browser.jar.delete('ory_hydra_session');
    expect(await browser.toConsent(back, client, after(11))).toBe(consent);
    expect([browser.hasSession, await sessionsOf(subject)]).toEqual([false, []]);
  });

  it('gives a client with prompt=none login_required if it was ended meanwhile', async () => {
    const browser = new Browser(room);
    const subject = randomUUID();
    const first = await login(browser, { subject, remember: true });
    const { granted } = await browser.toGrant(
      await apps.acceptConsent(first.consent, START, { grant_scope: ['openid', 'email'], remember: true }),
      client,
      START,
    );
    await room.record(granted);
    const { consent } = await login(browser, { subject }, after(10), { prompt: ['none'] });
    await endAll(subject);
    const on = await apps.acceptConsent(consent, after(11));
    for (let i = 0; i < 2; i++) {
      await expect(browser.bring(on, client, after(12))).rejects.toMatchObject({ code: 'login_required' });
    }
  });

  it('lets a browser whose session was ended log in without being remembered', async () => {
    const browser = new Browser(room);
    const subject = randomUUID();
    await login(browser, { subject, remember: true });
    await endAll(subject);
    const { consent } = await login(browser, { subject }, after(10));
    const { granted } = await browser.toGrant(await apps.acceptConsent(consent, after(11)), client, after(12));
    expect(granted.subject).toBe(subject);
  });

  it('is required by prompt, and by max_age', async () => {
    const browser = new Browser(room);
    await login(browser, { subject: randomUUID(), remember: true });
    const skips = async (over: Partial<AuthorizationRequest>, at: Date): Promise<boolean> =>
      (await asked(browser, at, over)).document.skip;
    expect(await skips({ prompt: ['login'] }, after(5))).toBe(false);
    expect(await skips({ prompt: ['select_account'] }, after(5))).toBe(false);
    expect(await skips({ maxAge: 5 }, after(5))).toBe(true);
    expect(await skips({ maxAge: 5 }, after(6))).toBe(false);
    expect(await skips({ maxAge: 0 }, START)).toBe(false);
  });

  it('is refused for a hint of another person, without asking anyone', async () => {
    const browser = new Browser(room);
    const subject = randomUUID();
    await login(browser, { subject, remember: true });
    const other = requestOf(client, { idTokenHintClaims: { sub: 'somebody-else' } });
    await expect(browser.begin(other, client, after(5))).rejects.toMatchObject({ code: 'login_required' });
    expect((await asked(browser, after(5), { idTokenHintClaims: { sub: subject } })).document.skip).toBe(true);
  });

  it('ends by its id, remembered or not', async () => {
    const ends = room.get(SessionEnd);
    for (const remember of [true, false]) {
      const subject = randomUUID();
      await login(new Browser(room), { subject, remember });
      const [session] = await sessionsOf(subject);
      await ends.end(session?.id ?? '', exchangeAt(after(5)));
      expect(await sessionsOf(subject)).toEqual([]);
    }
    expect(await ends.end('nope', exchangeAt(after(5)))).toBeUndefined();
    expect(await ends.end(randomUUID(), exchangeAt(after(5)))).toBeUndefined();
  });

  it('ends with all others of its subject, however many there are', async () => {
    const subject = randomUUID();
    await room.database.query(
      `insert into login_session (id, subject, authenticated_at, remember, expires_at)
       select gen_random_uuid(), $1, $2, n % 2 = 0, $2 from generate_series(1, 250) n`,
      [subject, START],
    );
    await endAll(subject);
    expect(await sessionsOf(subject)).toEqual([]);
  });
});
