import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RegisteredClient } from '../../../src/clients/registered-client.js';
import type { AuthorizationRequest } from '../../../src/protocol/authorization-request.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { after, Apps, Browser, challengeIn, configure, requestOf, Room, START } from './room.js';
import { overBothStores } from '../../support/stores.js';

const BIG = 12_345_678_901_234_567_890n;

overBothStores('the walk through login and consent', (redis) => {
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

  const toConsent = async (browser: Browser, over: Partial<AuthorizationRequest> = {}): Promise<string> => {
    const login = await browser.begin(requestOf(client, over), client, START);
    return browser.toConsent(await apps.acceptLogin(login, after(1)), client, after(2));
  };

  it('ends with the grant of the person and the claims of the tokens', async () => {
    const browser = new Browser(room);
    const request = requestOf(client, { audience: ['https://api.example'], nonce: 'a-nonce-of-the-test' });
    const login = await browser.begin(request, client, START);
    const asked = await room.logins.read(login, after(1));
    const session = asked.kind === 'open' ? asked.document.session_id : undefined;
    const said = { acr: 'gold', amr: ['pwd', 'otp'], context: { tenant: BIG }, remember: true };
    const consent = await browser.toConsent(await apps.acceptLogin(login, after(1.7), said), client, after(2));
    const given = {
      grant_scope: ['openid'],
      grant_access_token_audience: ['https://api.example'],
      remember: true,
      remember_for: 60,
      session: { id_token: { account: BIG }, access_token: { roles: ['r', BIG] } },
    };
    const { granted } = await browser.toGrant(await apps.acceptConsent(consent, after(3), given), client, after(4));
    expect(granted).toEqual({
      request,
      consentId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      clientKey: client.key,
      subject: 'alice',
      subjectIdentifier: 'alice',
      loginSessionId: session,
      grantedScope: ['openid'],
      grantedAudience: ['https://api.example'],
      authTime: START.getTime() / 1000 + 1,
      requestedAt: START.getTime() / 1000,
      acr: 'gold',
      amr: ['pwd', 'otp'],
      idTokenClaims: { account: BIG },
      accessTokenClaims: { roles: ['r', BIG] },
      userinfoClaims: {},
      consent: {
        remember: true,
        rememberFor: 60,
        skip: false,
        handledAt: '2026-03-01T12:00:03.000Z',
        context: { tenant: BIG },
        flowExpiresAt: after(1800).getTime(),
      },
    });
  });

  it('shows the apps every member of their requests', async () => {
    const browser = new Browser(room);
    const over = { acrValues: ['gold'], uiLocales: ['de', 'fr'], display: 'popup', loginHint: 'bob' };
    const login = await browser.begin(requestOf(client, over), client, START);
    const oidc_context = { acr_values: ['gold'], ui_locales: ['de', 'fr'], display: 'popup', login_hint: 'bob' };
    const shared = {
      requested_scope: ['openid', 'email'],
      requested_access_token_audience: [],
      skip: false,
      oidc_context,
      client: expect.objectContaining({ client_id: client.clientId, skip_consent: false }) as object,
      request_url: requestOf(client).requestUrl,
    };
    const session_id = expect.stringMatching(/^[0-9a-f-]{36}$/) as string;
    expect(await room.logins.read(login, after(1))).toEqual({
      kind: 'open',
      document: { ...shared, challenge: login, subject: '', session_id },
    });
    const consent = await browser.toConsent(await apps.acceptLogin(login, after(1)), client, after(2));
    expect(await room.consentRequests.read(consent, after(3))).toEqual({
      kind: 'open',
      document: {
        ...shared,
        ...{ challenge: consent, subject: 'alice', login_challenge: login, login_session_id: session_id },
        consent_request_id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
        ...{ acr: '', amr: [], context: null },
      },
    });
  });

  it('keeps the parameters in the URLs of the apps, and passes identity_schema on', async () => {
    const browser = new Browser(room);
    const request = requestOf(client, { identitySchema: 'customer' });
    const { dispatcher } = room;
    const first = await dispatcher.begin(request, client, browser.exchange(START));
    const url = new URL(first.location);
    expect([url.origin, url.pathname]).toEqual(['https://ui.example', '/login']);
    expect([...url.searchParams.keys()]).toEqual(['tenant', 'identity_schema', 'login_challenge']);
    const signUp = await dispatcher.begin(
      requestOf(client, { prompt: ['registration'] }),
      client,
      browser.exchange(START),
    );
    expect(signUp.location).toMatch(/^https:\/\/ui\.example\/register\?login_challenge=/);
  });

  it('lets the last answer count, whichever redirect the browser got', async () => {
    const browser = new Browser(room);
    const login = await browser.begin(requestOf(client), client, START);
    const first = await apps.acceptLogin(login, after(1));
    expect(await apps.acceptLogin(login, after(2), { subject: 'bob' })).toBe(first);
    const consent = await browser.toConsent(first, client, after(3));
    const one = await apps.acceptConsent(consent, after(4), { grant_scope: ['openid'] });
    expect(await apps.acceptConsent(consent, after(5), { grant_scope: ['email'] })).toBe(one);
    const { granted } = await browser.toGrant(one, client, after(6));
    expect([granted.subject, granted.grantedScope]).toEqual(['bob', ['email']]);
  });

  it('lets an app replace an acceptance by a rejection and the reverse', async () => {
    const browser = new Browser(room);
    const login = await browser.begin(requestOf(client), client, START);
    const back = await apps.rejectLogin(login, after(1));
    expect(await apps.acceptLogin(login, after(1))).toBe(back);
    const consent = await browser.toConsent(back, client, after(2));
    const on = await apps.acceptConsent(consent, after(3));
    expect(await apps.rejectConsent(consent, after(4))).toBe(on);
    await expect(browser.bring(on, client, after(5))).rejects.toMatchObject({ code: 'consent_said_no' });
  });

  it('redirects a repeated verifier to the same consent, and writes nothing', async () => {
    const browser = new Browser(room);
    const login = await browser.begin(requestOf(client), client, START);
    const back = await apps.acceptLogin(login, after(1), { remember: true });
    const consent = await browser.toConsent(back, client, after(2));
    const cookies = browser.lines.length;
    expect(await browser.toConsent(back, client, after(3))).toBe(consent);
    expect(browser.lines.length).toBe(cookies);
    const { granted } = await browser.toGrant(await apps.acceptConsent(consent, after(4)), client, after(5));
    expect(granted.subject).toBe('alice');
  });

  it('gives the session cookie again to a browser that lost the first response', async () => {
    const browser = new Browser(room);
    const login = await browser.begin(requestOf(client), client, START);
    const back = await apps.acceptLogin(login, after(1), { remember: true, remember_for: 100 });
    await browser.toConsent(back, client, after(2));
    browser.jar.delete('ory_hydra_session');
    await browser.toConsent(back, client, after(12));
    expect(browser.lines.at(-1)).toMatch(/^ory_hydra_session=.*Max-Age=90\b/);
  });

  it('refuses the verifier in another browser, and leaves the flow of the right one alone', async () => {
    const [browser, other] = [new Browser(room), new Browser(room)];
    await other.begin(requestOf(client), client, START);
    const login = await browser.begin(requestOf(client), client, START);
    const back = await apps.acceptLogin(login, after(1), { remember: true });
    const forbidden = { code: 'request_forbidden', hint: expect.stringMatching(/cookie/) as string };
    for (const wrong of [other, new Browser(room)]) {
      await expect(wrong.bring(back, client, after(2))).rejects.toMatchObject(forbidden);
      expect(wrong.hasSession).toBe(false);
    }
    const consent = await browser.toConsent(back, client, after(3));
    const on = await apps.acceptConsent(consent, after(4));
    await expect(other.bring(on, client, after(5))).rejects.toMatchObject(forbidden);
    expect((await browser.toGrant(on, client, after(6))).granted.subject).toBe('alice');
  });

  it('explains why the cookie may be missing, and what to change', async () => {
    const login = await new Browser(room).begin(requestOf(client), client, START);
    const back = await apps.acceptLogin(login, after(1));
    const hintFor = (browser: Browser): Promise<string> =>
      browser.bring(back, client, after(2)).then(
        () => 'none',
        (error: unknown) => (error as { hint: string }).hint,
      );
    expect(await hintFor(new Browser(room))).toMatch(/serve\.cookies\.same_site_mode/);
    expect(await hintFor(new Browser(room, 'localhost:4444'))).toMatch(/host name.*id\.example.*urls\.self\.issuer/);
    const stranger = new Browser(room);
    await stranger.begin(requestOf(client), client, START);
    expect(await hintFor(stranger)).toMatch(/another browser/);
  });

  it('checks the browser before it reports that the flow has expired', async () => {
    const browser = new Browser(room);
    const login = await browser.begin(requestOf(client), client, START);
    const back = await apps.acceptLogin(login, after(1));
    const late = after(1801);
    await expect(new Browser(room).bring(back, client, late)).rejects.toMatchObject({ code: 'request_forbidden' });
    await expect(browser.bring(back, client, late)).rejects.toMatchObject({ code: 'request_unauthorized' });
  });

  it('lets two tabs of one browser finish, with the same client', async () => {
    const browser = new Browser(room);
    const tabs = [
      await browser.begin(requestOf(client), client, START),
      await browser.begin(requestOf(client), client, after(1)),
    ];
    const subjects: string[] = [];
    for (const tab of tabs.reverse()) {
      const back = await apps.acceptLogin(tab, after(2), { remember: true });
      const on = await apps.acceptConsent(await browser.toConsent(back, client, after(3)), after(4));
      subjects.push((await browser.toGrant(on, client, after(5))).granted.subject);
    }
    expect(subjects).toEqual(['alice', 'alice']);
  });

  it('lets tabs finish that began at the same instant, before the browser had any cookie', async () => {
    const browser = new Browser(room);
    const begin = (subject: string) =>
      room.dispatcher.begin(requestOf(client, { loginHint: subject }), client, browser.exchange(START));
    const begun = await Promise.all(['alice', 'bob', 'carol'].map(begin));
    for (const { cookies } of begun) browser.take(cookies);
    const subjects: string[] = [];
    for (const tab of begun) {
      const login = challengeIn(tab, 'login_challenge');
      const asked = await room.logins.read(login, after(1));
      const subject = asked.kind === 'open' ? asked.document.oidc_context?.login_hint : undefined;
      const back = await apps.acceptLogin(login, after(1), { subject });
      const on = await apps.acceptConsent(await browser.toConsent(back, client, after(3)), after(4));
      await expect(new Browser(room).bring(on, client, after(4))).rejects.toMatchObject({ code: 'request_forbidden' });
      subjects.push((await browser.toGrant(on, client, after(5))).granted.subject);
    }
    expect(subjects).toEqual(['alice', 'bob', 'carol']);
  });

  it('gives a browser that has an id no second cookie', async () => {
    const browser = new Browser(room);
    await browser.begin(requestOf(client), client, START);
    const { cookies } = await room.dispatcher.begin(requestOf(client), client, browser.exchange(after(1)));
    expect(cookies.map((line) => line.split('=', 1)[0])).toEqual(['ory_hydra_login_csrf']);
  });

  it('finds no flow for a forged verifier, nor for a verifier of the other step', async () => {
    const consent = await toConsent(new Browser(room));
    const on = new URL(await apps.acceptConsent(consent, after(3))).searchParams.get('consent_verifier') ?? '';
    for (const verifier of [{ login: 'garbage' }, { consent: 'x'.repeat(43) }, { login: on }, { consent }, {}]) {
      expect(await room.dispatcher.find(verifier)).toBeUndefined();
    }
    expect((await room.dispatcher.find({ consent: on }))?.request.clientId).toBe(client.clientId);
  });

  it('refuses to continue for a client that was registered again under the same id', async () => {
    const browser = new Browser(room);
    const back = await apps.acceptLogin(await browser.begin(requestOf(client), client, START), after(1));
    const another = await room.client();
    await expect(browser.bring(back, another, after(2))).rejects.toMatchObject({ code: 'invalid_client' });
  });

  it('returns the same grant again, because issuing may have failed; the issuing statement lets one count', async () => {
    const browser = new Browser(room);
    const on = await apps.acceptConsent(await toConsent(browser), after(3));
    const { granted } = await browser.toGrant(on, client, after(4));
    const again = await browser.toGrant(on, client, after(5));
    expect(again.granted).toEqual(granted);
    expect([await room.record(granted), await room.record(again.granted)]).toEqual([
      { marked: 1, consented: 1 },
      { marked: 0, consented: 0 },
    ]);
    await room.sessions.end(granted.loginSessionId);
    await expect(browser.bring(on, client, after(6))).rejects.toMatchObject({ code: 'access_denied' });
  });

  it('returns to the login if the session could not be written', async () => {
    const browser = new Browser(room);
    const login = await browser.begin(requestOf(client), client, START);
    const back = await apps.acceptLogin(login, after(1), { remember: true });
    await room.database.query('alter table login_session rename to login_session_away');
    try {
      await expect(browser.bring(back, client, after(2))).rejects.toThrow(/login_session/);
    } finally {
      await room.database.query('alter table login_session_away rename to login_session');
    }
    const consent = await browser.toConsent(back, client, after(3));
    expect((await browser.toGrant(await apps.acceptConsent(consent, after(4)), client, after(5))).granted.subject).toBe(
      'alice',
    );
  });

  it('starts the session of the answer that counts, even if that of an earlier answer was written first', async () => {
    const browser = new Browser(room);
    await toConsent(browser); // leaves no cookie
    const remembered = await browser.begin(requestOf(client), client, START);
    await browser.toConsent(await apps.acceptLogin(remembered, START, { remember: true }), client, START);
    const login = await browser.begin(requestOf(client, { prompt: ['login'] }), client, after(1));
    const back = await apps.acceptLogin(login, after(2), { subject: 'mallory' });
    // The new session is written, then the old one cannot be ended.
    await room.database.query(
      `create function refuse() returns trigger language plpgsql as 'begin raise ''refused''; end'`,
    );
    await room.database.query('create trigger refuse before delete on login_session execute function refuse()');
    try {
      await expect(browser.bring(back, client, after(3))).rejects.toThrow(/refused/);
    } finally {
      await room.database.query('drop function refuse cascade');
    }
    await apps.acceptLogin(login, after(4), { subject: 'bob', remember: true });
    const on = await apps.acceptConsent(await browser.toConsent(back, client, after(5)), after(6));
    const { granted } = await browser.toGrant(on, client, after(7));
    const session = await room.sessions.find(granted.loginSessionId);
    expect([granted.subject, session?.subject, session?.remember]).toEqual(['bob', 'bob', true]);
  });

  it('refuses a login of a person whom the hint does not name', async () => {
    const browser = new Browser(room);
    const login = await browser.begin(requestOf(client, { idTokenHintClaims: { sub: 'bob' } }), client, START);
    const back = await apps.acceptLogin(login, after(1));
    for (let i = 0; i < 2; i++) {
      await expect(browser.bring(back, client, after(2))).rejects.toMatchObject({ code: 'login_required' });
    }
    expect((await room.logins.read(login, after(3))).kind).toBe('gone');
  });
});
