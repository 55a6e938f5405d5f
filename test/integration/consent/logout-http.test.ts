/** Logout over HTTP: browsers that come at the wrong time or with the wrong thing, receivers that fail, and what operators see. */
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { CookieBrowser } from '../../support/cookie-browser.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { Receiver } from '../../support/receiver.js';
import { CALLBACK, RelyingParty } from '../../support/relying-party.js';
import { type Answer, send } from '../../support/send.js';
import { ISSUER, startTestServer, type TestServer } from '../../support/server.js';
import { overBothStores } from '../../support/stores.js';

const BYE = 'https://app.example/bye';
const DEFAULT = 'http://ui.example/bye';
const ERROR = 'http://ui.example/error';
const LOGOUT = '/oauth2/sessions/logout';

interface Person {
  browser: CookieBrowser;
  subject: string;
  sid: string;
  hint: string;
}

overBothStores('logout over HTTP', (redis) => {
  let database: TestDatabase;
  let server: TestServer;
  let receiver: Receiver;
  let app: RelyingParty;

  beforeAll(async () => {
    database = await freshDatabase();
    receiver = await Receiver.open();
    const page = (name: string): string => `http://ui.example/${name}`;
    server = await startTestServer(database.dsn, {
      urls: {
        ...{ self: { issuer: ISSUER }, login: page('login'), consent: page('consent') },
        ...{ logout: page('logout'), post_logout_redirect: DEFAULT, error: ERROR },
      },
      ...(redis === undefined ? {} : { redis: { url: redis, prefix: `${randomUUID()}:` } }),
    });
    app = await register({ skip_logout_consent: true });
  });
  beforeEach(() => {
    receiver.clear();
  });
  afterAll(async () => {
    await server.stop();
    await receiver.close();
    await database.drop();
  });

  const register = (over: object = {}): Promise<RelyingParty> =>
    RelyingParty.register(server, { post_logout_redirect_uris: [BYE], ...over });
  const withChannel = (): Promise<RelyingParty> => register({ backchannel_logout_uri: `${receiver.url}/out` });
  /** Logs in and consents, in a browser that may have a session already. */
  async function use(
    of: RelyingParty,
    browser = new CookieBrowser(server),
    subject: string = randomUUID(),
  ): Promise<Person> {
    const end = await browser.walk(of.address(), { answers: { login: { subject } } });
    const { json } = await of.redeem(end.parameters.code ?? '');
    const hint = json.id_token as string;
    return { browser, subject, sid: decodeJwt(hint)['sid'] as string, hint };
  }
  const start = (browser: CookieBrowser, parameters: Record<string, string> = {}): Promise<Answer> =>
    browser.go(`${LOGOUT}?${new URLSearchParams(parameters).toString()}`);
  const locationOf = ({ headers }: Answer): string => headers.get('location') ?? '';
  const challengeOf = (answer: Answer): string => {
    expect(locationOf(answer)).toMatch(/^http:\/\/ui\.example\/logout\?logout_challenge=/);
    return new URL(locationOf(answer)).searchParams.get('logout_challenge') ?? '';
  };
  const request = (challenge: string, verb = ''): Promise<Answer> =>
    send(
      verb ? 'PUT' : 'GET',
      `${server.admin}/admin/oauth2/auth/requests/logout${verb}?logout_challenge=${challenge}`,
    );
  const accept = async (answer: Answer): Promise<string> =>
    (await request(challengeOf(answer), '/accept')).json.redirect_to as string;
  /** The whole logout; gives where the browser ends. */
  async function logOut(browser: CookieBrowser, parameters: Record<string, string> = {}): Promise<string> {
    return locationOf(await browser.go(await accept(await start(browser, parameters))));
  }
  /** Whom the server takes the browser for. */
  async function whoIsIn(browser: CookieBrowser): Promise<unknown> {
    const { login } = await browser.walk(app.address(), { until: 'login' });
    return login?.skip ? login.subject : undefined;
  }
  const sessionLives = async ({ sid }: Person): Promise<boolean> =>
    (await send('GET', `${server.admin}/admin/oauth2/auth/sessions/login/${sid}`)).status === 200;
  /** The logout tokens that came about the session; what earlier tests left behind comes too. */
  const told = ({ sid }: Person): Record<string, unknown>[] =>
    receiver.requests
      .map(({ form }) => decodeJwt(form.get('logout_token') ?? ''))
      .filter((claims) => claims['sid'] === sid);
  const listed = async (query: Record<string, string> = {}): Promise<Record<string, unknown>[]> => {
    const { status, json } = await deliveries(query);
    expect(status).toBe(200);
    return json as unknown as Record<string, unknown>[];
  };
  const deliveries = (query: Record<string, string>): Promise<Answer> =>
    send(
      'GET',
      `${server.admin}/admin/oauth2/auth/sessions/logout/deliveries?${new URLSearchParams(query).toString()}`,
    );

  it.each(['GET', 'POST'])('begins by %s: by hint, by client_id alone, or by nothing', async (method) => {
    const person = await use(app);
    const begin = (parameters: Record<string, string>): Promise<Answer> =>
      method === 'GET' ? start(person.browser, parameters) : person.browser.go(LOGOUT, parameters);
    const to = { post_logout_redirect_uri: BYE, state: 'a state' };
    for (const parameters of [{ id_token_hint: person.hint, ...to }, { client_id: app.clientId, ...to }, {}]) {
      const { json } = await request(challengeOf(await begin(parameters)));
      expect(json).toMatchObject({ subject: person.subject, sid: person.sid });
    }
    const verifier = await accept(await begin({ client_id: app.clientId, ...to }));
    expect(locationOf(await person.browser.go(verifier))).toBe(`${BYE}?state=a+state`);
    expect(await whoIsIn(person.browser)).toBeUndefined();
  });

  it.each(['GET', 'POST'])('answers %s without anything proven on the error page', async (method) => {
    const { browser, hint, sid, subject } = await use(app);
    const [head = '', body = ''] = hint.split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    const unproven: Record<string, string>[] = [
      { post_logout_redirect_uri: BYE },
      { state: 'alone' },
      { client_id: 'nobody' },
      { client_id: app.clientId, post_logout_redirect_uri: `${BYE}/more` },
      { id_token_hint: hint, post_logout_redirect_uri: 'https://evil.example' },
      { id_token_hint: `${head}.${body}.` },
      { id_token_hint: `${none}.${body}.` },
      { id_token_hint: '\u0000' },
    ];
    for (const parameters of unproven) {
      const answer = await (method === 'GET' ? start(browser, parameters) : browser.go(LOGOUT, parameters));
      expect(locationOf(answer), JSON.stringify(parameters)).toMatch(`${ERROR}?error=invalid_request`);
    }
    expect(await sessionLives({ browser, hint, sid, subject })).toBe(true);
  });

  it('shows unknown verifiers and challenges as that', async () => {
    expect(locationOf(await start(new CookieBrowser(server), { logout_verifier: 'x'.repeat(43) }))).toContain(ERROR);
    expect((await request('x'.repeat(43))).status).toBe(404);
  });

  it('with the hint of another person ends the session that it proves, and leaves the one in the browser', async () => {
    const [ada, bob] = [await use(app), await use(app)];
    expect(await logOut(bob.browser, { id_token_hint: ada.hint, post_logout_redirect_uri: BYE })).toBe(BYE);
    expect([await sessionLives(ada), await whoIsIn(bob.browser)]).toEqual([false, bob.subject]);
  });

  it('lets the client skip the question only for the person in the browser, proven by a hint', async () => {
    const [ada, bob] = [await use(app), await use(app)];
    const skips = async (browser: CookieBrowser, parameters: Record<string, string>): Promise<unknown> => {
      const { json } = await request(challengeOf(await start(browser, parameters)));
      return (json.client as Record<string, unknown>).skip_logout_consent;
    };
    expect(await skips(ada.browser, { id_token_hint: ada.hint })).toBe(true);
    expect(await skips(new CookieBrowser(server), { id_token_hint: ada.hint })).toBe(true);
    expect(await skips(bob.browser, { id_token_hint: ada.hint })).toBe(false);
    expect(await skips(ada.browser, { client_id: app.clientId })).toBe(false);
  });

  it('takes a hint that was signed before a key rotation', async () => {
    const person = await use(app);
    const key = { alg: 'ES256', use: 'sig', kid: randomUUID() };
    await app.admin('POST', '/keys/hydra.openid.id-token', key);
    expect(await logOut(person.browser, { id_token_hint: person.hint })).toBe(DEFAULT);
    expect(await sessionLives(person)).toBe(false);
  });

  it('with the hint of a session that has ended leads on, and leaves a newer session alone', async () => {
    const person = await use(app);
    await logOut(person.browser, { id_token_hint: person.hint });
    const again = await use(app, person.browser, person.subject);
    const parameters = { id_token_hint: person.hint, post_logout_redirect_uri: BYE, state: 's' };
    expect(locationOf(await start(person.browser, parameters))).toBe(`${BYE}?state=s`);
    expect(await whoIsIn(again.browser)).toBe(person.subject);
  });

  it('pressed twice ends on the target both times, has its consequences once, and spares who comes next', async () => {
    const rp = await withChannel();
    const ada = await use(rp);
    const presses = [await start(ada.browser, { id_token_hint: ada.hint }), await start(ada.browser)];
    const [first, second] = [await accept(presses[0]!), await accept(presses[1]!)];
    const ends = await Promise.all([first, first, second].map((verifier) => ada.browser.go(verifier)));
    expect(ends.map(locationOf)).toEqual([DEFAULT, DEFAULT, DEFAULT]);
    await expect.poll(() => told(ada)).toHaveLength(1);
    expect(await listed({ sid: ada.sid })).toHaveLength(1);
    const bob = await use(rp, ada.browser);
    for (const verifier of [first, second]) expect(locationOf(await bob.browser.go(verifier))).toBe(DEFAULT);
    expect(await whoIsIn(bob.browser)).toBe(bob.subject);
  });

  it.each(['login', 'consent'] as const)(
    'while another tab waits at the %s: that tab asks for a login',
    async (step) => {
      const { browser, hint, subject } = await use(app);
      const other = await register();
      const tab = await browser.walk(other.address(), { until: step });
      const challenge = tab.url?.searchParams.get(`${step}_challenge`) ?? '';
      expect(await logOut(browser, { id_token_hint: hint })).toBe(DEFAULT);
      const end = await browser.walk(await browser.accept(step, challenge), { answers: { login: { subject } } });
      expect(end.login).toMatchObject({ skip: false });
      expect(`${end.url?.origin ?? ''}${end.url?.pathname ?? ''}`).toBe(CALLBACK);
      expect(end.parameters).toMatchObject({ code: expect.any(String) as string });
    },
  );

  it('that was begun before another person logged in, in another tab, leaves that person in', async () => {
    const ada = await use(app);
    const verifier = await accept(await start(ada.browser));
    const address = app.address({ prompt: 'login' });
    const end = await ada.browser.walk(address, { answers: { login: { subject: 'bob' } } });
    expect(end.parameters['code']).toBeTruthy();
    expect(locationOf(await ada.browser.go(verifier))).toBe(DEFAULT);
    expect(await whoIsIn(ada.browser)).toBe('bob');
  });

  it.each<[string, Receiver['answer']]>([
    ['answers 500', 500],
    ['redirects', (response) => response.writeHead(302, { location: '/elsewhere' }).end()],
    ['breaks the connection', (response) => response.destroy()],
  ])('ends in the browser as ever where a receiver %s', async (_, answer) => {
    receiver.answer = answer;
    const person = await use(await withChannel());
    expect(await logOut(person.browser, { id_token_hint: person.hint })).toBe(DEFAULT);
    await expect.poll(() => listed({ sid: person.sid })).toMatchObject([{ state: 'pending', attempts: 1 }]);
    expect(await whoIsIn(person.browser)).toBeUndefined();
  });

  it('is over in the browser while a receiver has not answered', async () => {
    const held: ServerResponse[] = [];
    receiver.answer = (response) => void held.push(response);
    const person = await use(await withChannel());
    expect(await logOut(person.browser, { id_token_hint: person.hint })).toBe(DEFAULT);
    await expect.poll(() => told(person)).toHaveLength(1);
    expect(await listed({ sid: person.sid })).toMatchObject([{ state: 'pending' }]);
    for (const response of held) response.end();
    await expect.poll(() => listed({ sid: person.sid })).toMatchObject([{ state: 'delivered', response_status: 200 }]);
  });

  it('tells receivers of a session that an administrator ends by its id', async () => {
    const person = await use(await withChannel());
    await send('DELETE', `${server.admin}/admin/oauth2/auth/sessions/login?sid=${person.sid}`);
    await expect.poll(() => told(person)).toMatchObject([{ sub: person.subject }]);
  });

  it('lists deliveries by client, subject, session and state, newest first, in pages', async () => {
    const [a, b] = [await withChannel(), await withChannel()];
    const ada = await use(a);
    await use(b, ada.browser, ada.subject);
    await logOut(ada.browser, { id_token_hint: ada.hint });
    const again = await use(a, ada.browser, ada.subject);
    await logOut(again.browser, { id_token_hint: again.hint });
    await expect.poll(() => listed({ subject: ada.subject, state: 'delivered' })).toHaveLength(3);
    expect(await listed({ client: a.clientId })).toMatchObject([{ sid: again.sid }, { sid: ada.sid }]);
    expect(await listed({ client: b.clientId, sid: ada.sid, subject: ada.subject })).toEqual([
      {
        ...{ id: expect.any(String) as string, channel: 'back_channel', client_id: b.clientId, subject: ada.subject },
        ...{ sid: ada.sid, state: 'delivered', attempts: 1, response_status: 200 },
        created_at: expect.any(String) as string,
        last_attempt_at: expect.any(String) as string,
        finished_at: expect.any(String) as string,
      },
    ]);
    const page = await deliveries({ subject: ada.subject, page_size: '2' });
    const next = /<([^>]*)>; rel="next"/.exec(page.headers.get('link') ?? '')?.[1] ?? '';
    const rest = (await send('GET', server.admin + next)).json as unknown as { sid: string }[];
    expect([(page.json as unknown as unknown[]).length, rest.length]).toEqual([2, 1]);
    const queries: Record<string, string>[] = [
      { client: 'nobody' },
      { subject: 'nobody' },
      { sid: 'nothing' },
      { sid: randomUUID() },
    ];
    for (const query of queries) {
      expect(await listed(query)).toEqual([]);
    }
  });

  it('refuses filters that cannot be', async () => {
    const queries: Record<string, string>[] = [{ state: 'lost' }, { page_size: 'x' }, { page_token: 'x' }];
    for (const query of queries) {
      const { status, json } = await deliveries(query);
      expect([status, json.error]).toEqual([400, 'invalid_request']);
    }
    for (const name of ['client', 'subject', 'sid']) {
      expect((await deliveries({ [name]: '\u0000' })).status).toBeLessThan(500);
      expect(
        (await send('GET', `${server.admin}/admin/oauth2/auth/sessions/logout/deliveries?${name}=a&${name}=b`)).status,
      ).toBeLessThan(500);
    }
  });

  it('counts attempts and what waits, for scrapers', async () => {
    receiver.answer = 500;
    const person = await use(await withChannel());
    await logOut(person.browser, { id_token_hint: person.hint });
    const scrape = async (): Promise<string> => (await send('GET', `${server.admin}/admin/metrics/prometheus`)).text;
    const value = (text: string, name: string, labels: string): number =>
      Number(new RegExp(`^${name}\\{${labels}[^}]*\\} (.*)$`, 'm').exec(text)?.[1]);
    await expect
      .poll(async () =>
        value(await scrape(), 'ostiary_logout_delivery_attempts_total', 'channel="back_channel",outcome="retry"'),
      )
      .toBeGreaterThan(0);
    const text = await scrape();
    expect(value(text, 'ostiary_logout_deliveries_pending', 'channel="back_channel"')).toBeGreaterThan(0);
    expect(value(text, 'ostiary_logout_delivery_oldest_pending_seconds', 'channel="back_channel"')).toBeGreaterThan(0);
    expect(value(text, 'ostiary_logout_deliveries_pending', 'channel="identity_provider"')).toBe(0);
  });
});
