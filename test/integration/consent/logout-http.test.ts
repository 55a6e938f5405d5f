/** Logout over HTTP: browsers with wrong or late requests, receivers that fail, and the list and metrics for operators. */
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
import { exchangeRaw } from '../http/raw-socket.js';

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
    login: Record<string, unknown> = {},
  ): Promise<Person> {
    const end = await browser.walk(of.address(), { answers: { login: { subject, ...login } } });
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
  /** Runs the whole logout; returns the final URL of the browser. */
  async function logOut(browser: CookieBrowser, parameters: Record<string, string> = {}): Promise<string> {
    return locationOf(await browser.go(await accept(await start(browser, parameters))));
  }
  /** The subject that the server sees in the browser. */
  async function whoIsIn(browser: CookieBrowser): Promise<unknown> {
    const { login } = await browser.walk(app.address(), { until: 'login' });
    return login?.skip ? login.subject : undefined;
  }
  const sessionLives = async ({ sid }: Person): Promise<boolean> =>
    (await send('GET', `${server.admin}/admin/oauth2/auth/sessions/login/${sid}`)).status === 200;
  /** The received logout tokens of the session; tokens of earlier tests arrive too and are left out. */
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

  it.each(['GET', 'POST'])('begins by %s: with a hint, with only client_id, or without parameters', async (method) => {
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

  it('reads the query of a POST without a body', async () => {
    const query = new URLSearchParams({ client_id: app.clientId, post_logout_redirect_uri: BYE, state: 'a state' });
    const { host } = new URL(server.public);
    const head = [`POST ${LOGOUT}?${query.toString()} HTTP/1.1`, `host: ${host}`, 'connection: close'];
    const answer = await exchangeRaw(server.public, `${head.join('\r\n')}\r\n\r\n`);
    expect(/^location: (.*)\r$/im.exec(answer)?.[1]).toBe(`${BYE}?state=a+state`);
  });

  it.each(['GET', 'POST'])('answers %s without a valid proof with the error page', async (method) => {
    const { browser, hint, sid, subject } = await use(app);
    const [head = '', body = ''] = hint.split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    const unproven: Record<string, string>[] = [
      { post_logout_redirect_uri: BYE },
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

  it('reports unknown verifiers and challenges as unknown', async () => {
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

  it('with the hint of an ended session redirects, and leaves a newer session alone', async () => {
    const person = await use(app);
    await logOut(person.browser, { id_token_hint: person.hint });
    const again = await use(app, person.browser, person.subject);
    const parameters = { id_token_hint: person.hint, post_logout_redirect_uri: BYE, state: 's' };
    expect(locationOf(await start(person.browser, parameters))).toBe(`${BYE}?state=s`);
    expect(await whoIsIn(again.browser)).toBe(person.subject);
  });

  it('requested twice redirects to the target twice, takes effect once, and leaves a later session alone', async () => {
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

  it('that began before another person logged in, in another tab, leaves that person logged in', async () => {
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
  ])('ends normally in the browser if a receiver %s', async (_, answer) => {
    receiver.answer = answer;
    const person = await use(await withChannel());
    expect(await logOut(person.browser, { id_token_hint: person.hint })).toBe(DEFAULT);
    await expect.poll(() => listed({ sid: person.sid })).toMatchObject([{ state: 'pending', attempts: 1 }]);
    expect(await whoIsIn(person.browser)).toBeUndefined();
  });

  it('ends in the browser before a receiver has responded', async () => {
    const held: ServerResponse[] = [];
    receiver.answer = (response) => void held.push(response);
    const person = await use(await withChannel());
    expect(await logOut(person.browser, { id_token_hint: person.hint })).toBe(DEFAULT);
    await expect.poll(() => told(person)).toHaveLength(1);
    expect(await listed({ sid: person.sid })).toMatchObject([{ state: 'pending' }]);
    for (const response of held) response.end();
    await expect.poll(() => listed({ sid: person.sid })).toMatchObject([{ state: 'delivered', response_status: 200 }]);
  });

  const unremembered = (of: RelyingParty, subject: string = randomUUID()): Promise<Person> =>
    use(of, new CookieBrowser(server), subject, { remember: false });
  const endSessions = (query: string): Promise<Answer> =>
    send('DELETE', `${server.admin}/admin/oauth2/auth/sessions/login?${query}`);

  it('by hint ends a login that was not remembered, and notifies its client', async () => {
    const person = await unremembered(await withChannel());
    const parameters = { id_token_hint: person.hint, post_logout_redirect_uri: BYE, state: 's' };
    expect(await logOut(person.browser, parameters)).toBe(`${BYE}?state=s`);
    await expect.poll(() => told(person)).toMatchObject([{ sub: person.subject }]);
    expect(await sessionLives(person)).toBe(false);
  });

  it.each([true, false])(
    'tells receivers of a session that an administrator ends by its id: remembered %s',
    async (remember) => {
      const of = await withChannel();
      const person = remember ? await use(of) : await unremembered(of);
      expect((await endSessions(`sid=${person.sid}`)).status).toBe(204);
      await expect.poll(() => told(person)).toMatchObject([{ sub: person.subject }]);
      expect(await sessionLives(person)).toBe(false);
    },
  );

  it('by an administrator notifies each client of each session of a person, and keeps the tokens', async () => {
    const [a, b, subject] = [await withChannel(), await withChannel(), randomUUID()];
    const first = await use(a, undefined, subject);
    await use(b, first.browser, subject);
    const second = await unremembered(b, subject);
    const other = await use(a);
    const { json: tokens } = await a.redeem(
      (await first.browser.walk(a.address(), { answers: { login: { subject } } })).parameters.code ?? '',
    );
    expect((await endSessions(`subject=${subject}`)).status).toBe(204);
    await expect.poll(() => told(first)).toHaveLength(2);
    await expect.poll(() => told(second)).toHaveLength(1);
    expect(new Set([...told(first), ...told(second)].flatMap(({ aud }) => aud))).toEqual(
      new Set([a.clientId, b.clientId]),
    );
    expect([await sessionLives(first), await sessionLives(second), await sessionLives(other)]).toEqual([
      ...[false, false, true],
    ]);
    expect(await a.isActive(tokens.access_token as string)).toBe(true);
    expect(told(other)).toEqual([]);
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

  it('refuses invalid filters', async () => {
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

  it('counts attempts and pending deliveries in the metrics', async () => {
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
