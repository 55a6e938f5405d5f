import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RegisteredClient } from '../../../src/clients/registered-client.js';
import { LogoutFinish } from '../../../src/consent/logout/logout-finish.js';
import type { LogoutInteraction } from '../../../src/consent/logout/logout-interaction.js';
import { LogoutRequests } from '../../../src/consent/logout/logout-requests.js';
import { LogoutStart } from '../../../src/consent/logout/logout-start.js';
import { FormParams } from '../../../src/http/exchange/form-params.js';
import { JwtSigner } from '../../../src/keys/jwt-signer.js';
import { ID_TOKEN_KEY_SET } from '../../../src/protocol/constants.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { after, Apps, Browser, configure, exchangeAt, ISSUER, requestOf, Room, START } from './room.js';
import { overBothStores } from '../../support/stores.js';

const BYE = 'https://app.example/bye';
const DEFAULT = 'https://ui.example/bye';

interface LoggedIn {
  browser: Browser;
  subject: string;
  sid: string;
  hint: string;
}

overBothStores('logout', (redis) => {
  let database: TestDatabase;
  let room: Room;
  let apps: Apps;
  let client: RegisteredClient;

  beforeAll(async () => {
    database = await freshDatabase();
    room = await Room.open(configure(database.dsn, redis));
    apps = new Apps(room);
    client = await room.client({ post_logout_redirect_uris: [BYE] });
  });
  afterAll(async () => {
    await room.close();
    await database.drop();
  });

  const signed = (claims: object, over: object = {}, header: { typ?: string } = {}): Promise<string> => {
    const iat = START.getTime() / 1000;
    return room.get(JwtSigner).sign(ID_TOKEN_KEY_SET, { iss: ISSUER, iat, exp: iat + 60, ...claims, ...over }, header);
  };
  const login = async (of = client, browser = new Browser(room), remember = true): Promise<LoggedIn> => {
    const subject = randomUUID();
    const challenge = await browser.begin(requestOf(of), of, START);
    const read = await room.logins.read(challenge, START);
    const who = read.kind === 'open' && read.document.skip ? read.document.subject : subject;
    const consent = await browser.toConsent(
      await apps.acceptLogin(challenge, START, { subject: who, remember }),
      of,
      START,
    );
    const { granted } = await browser.toGrant(await apps.acceptConsent(consent, START), of, START);
    await room.record(granted);
    const sid = granted.loginSessionId;
    return { browser, subject: who, sid, hint: await signed({ sub: who, aud: [of.clientId], sid }) };
  };
  const start = async (browser: Browser, parameters: Record<string, string> = {}): Promise<string> => {
    const { location } = await room
      .get(LogoutStart)
      .begin(new FormParams(new URLSearchParams(parameters)), browser.exchange(after(100)));
    return location;
  };
  const challengeOf = (location: string): string => {
    expect(location).toMatch(/^https:\/\/ui\.example\/logout\?logout_challenge=[\w-]{43}$/);
    return new URL(location).searchParams.get('logout_challenge') ?? '';
  };
  const accept = async (challenge: string): Promise<string> => {
    const address = new URL(await room.get(LogoutRequests).accept(challenge, exchangeAt(after(101))));
    expect(address.origin + address.pathname).toBe(`${ISSUER}/oauth2/sessions/logout`);
    return address.searchParams.get('logout_verifier') ?? '';
  };
  const finish = async (browser: Browser, verifier: string): Promise<LogoutInteraction> => {
    const interaction = await room.get(LogoutFinish).complete(verifier, browser.exchange(after(102)));
    browser.take(interaction.cookies);
    return interaction;
  };
  const isLoggedIn = async ({ sid }: LoggedIn): Promise<boolean> => (await room.sessions.find(sid)) !== undefined;
  const to = (location: string) => expect.objectContaining({ kind: 'redirect', location }) as object;

  it('by the client ends the session and redirects to its URI with state', async () => {
    const person = await login();
    const parameters = { id_token_hint: person.hint, post_logout_redirect_uri: BYE, state: 'my-state' };
    const verifier = await accept(challengeOf(await start(person.browser, parameters)));
    expect(await finish(person.browser, verifier)).toEqual(to(`${BYE}?state=my-state`));
    expect([await isLoggedIn(person), person.browser.hasSession]).toEqual([false, false]);
    expect(await start(person.browser, parameters)).toBe(`${BYE}?state=my-state`);
  });

  it('by the person ends the session and redirects to the default page', async () => {
    const person = await login();
    const verifier = await accept(challengeOf(await start(person.browser)));
    expect(await finish(person.browser, verifier)).toEqual(to(DEFAULT));
    expect(await isLoggedIn(person)).toBe(false);
  });

  it('without a session redirects to the default page at once', async () => {
    expect(await start(new Browser(room))).toBe(DEFAULT);
    const forgetful = await login(client, new Browser(room), false);
    expect(await start(forgetful.browser)).toBe(DEFAULT);
  });

  it('ignores a state without a redirect URI', async () => {
    const person = await login();
    const parameters = { id_token_hint: person.hint, state: 'alone' };
    const verifier = await accept(challengeOf(await start(person.browser, parameters)));
    expect(await finish(person.browser, verifier)).toEqual(to(DEFAULT));
    expect(await isLoggedIn(person)).toBe(false);
  });

  it('by hint ends a login that was not remembered, and notifies its front channel', async () => {
    const front = await room.client({ frontchannel_logout_uri: 'https://app.example/front' });
    const forgetful = await login(front, new Browser(room), false);
    const verifier = await accept(challengeOf(await start(forgetful.browser, { id_token_hint: forgetful.hint })));
    expect(await finish(forgetful.browser, verifier)).toMatchObject({ kind: 'front_channel', target: DEFAULT });
    expect(await isLoggedIn(forgetful)).toBe(false);
    expect(await start(forgetful.browser, { id_token_hint: forgetful.hint })).toBe(DEFAULT);
  });

  it('shows the app the subject and the client of the request, also after its answer', async () => {
    const person = await login();
    const requests = room.get(LogoutRequests);
    const byClient = challengeOf(await start(person.browser, { id_token_hint: person.hint }));
    const byPerson = challengeOf(await start(person.browser));
    await requests.accept(byClient, exchangeAt(after(101)));
    const { subject, sid } = person;
    expect(await requests.read(byClient, after(102))).toMatchObject({
      ...{ challenge: byClient, subject, sid, rp_initiated: true, client: { client_id: client.clientId } },
      request_url: `${ISSUER}/oauth2/sessions/logout?id_token_hint=${person.hint}`,
      requested_at: '2026-03-01T12:01:40.000Z',
      expires_at: '2026-03-01T12:31:40.000Z',
    });
    expect(await requests.read(byPerson, after(102))).toMatchObject({
      subject,
      sid,
      rp_initiated: false,
      client: null,
    });
  });

  it('may name the client by its id instead of a hint', async () => {
    const person = await login();
    const parameters = { client_id: client.clientId, post_logout_redirect_uri: BYE };
    const verifier = await accept(challengeOf(await start(person.browser, parameters)));
    expect(await finish(person.browser, verifier)).toEqual(to(BYE));
    expect(await isLoggedIn(person)).toBe(false);
  });

  it('refuses requests without a valid proof, and ends nothing', async () => {
    const person = await login();
    const { hint, subject: sub, sid } = person;
    const claims = { sub, sid, aud: [client.clientId] };
    const cases: Record<string, string>[] = [
      { state: 'alone' },
      { id_token_hint: hint, post_logout_redirect_uri: 'https://app.example/evil' },
      { id_token_hint: hint, post_logout_redirect_uri: `${BYE}/more` },
      { id_token_hint: hint, client_id: 'another' },
      { post_logout_redirect_uri: BYE },
      { client_id: 'nobody', post_logout_redirect_uri: BYE },
      { client_id: client.clientId, post_logout_redirect_uri: 'https://app.example/evil' },
      { id_token_hint: 'nonsense' },
      { id_token_hint: `${hint.slice(0, -8)}AAAAAAAA` },
      { id_token_hint: await signed(claims, { iss: 'https://another.example' }) },
      { id_token_hint: await signed(claims, { iat: undefined }) },
      { id_token_hint: await signed(claims, { iat: after(1_000).getTime() / 1000 }) },
      { id_token_hint: await signed({ ...claims, sid: undefined }) },
      { id_token_hint: await signed({ ...claims, sub: undefined }) },
      { id_token_hint: await signed({ ...claims, aud: ['nobody'] }) },
      { id_token_hint: await signed({ ...claims, events: {} }) },
      { id_token_hint: await signed(claims, {}, { typ: 'logout+jwt' }) },
      { id_token_hint: await signed(claims, {}, { typ: 'at+jwt' }) },
      { id_token_hint: await signed(claims, { exp: undefined }) }, // as in signed userinfo
      { id_token_hint: await signed(claims, { exp: 'never' }) },
    ];
    for (const parameters of cases) {
      await expect(start(person.browser, parameters), JSON.stringify(parameters)).rejects.toMatchObject({
        code: 'invalid_request',
      });
    }
    expect(await isLoggedIn(person)).toBe(true);
  });

  it('accepts an expired hint', async () => {
    const person = await login();
    const hint = await signed({ sub: person.subject, sid: person.sid, aud: client.clientId }, { exp: 1 });
    challengeOf(await start(person.browser, { id_token_hint: hint }));
  });

  it('continues with the same URL when it is accepted again, and not when the acceptance was withdrawn', async () => {
    const person = await login();
    const challenge = challengeOf(await start(person.browser));
    const verifier = await accept(challenge);
    expect(await accept(challenge)).toBe(verifier);
    await room.get(LogoutRequests).reject(challenge, exchangeAt(after(101)));
    await expect(finish(person.browser, verifier)).rejects.toMatchObject({ code: 'access_denied' });
    expect(await isLoggedIn(person)).toBe(true);
    await accept(challenge);
    await finish(person.browser, verifier);
    expect(await isLoggedIn(person)).toBe(false);
  });

  it('changes nothing when the verifier is sent again: a new session stays', async () => {
    const person = await login();
    const verifier = await accept(challengeOf(await start(person.browser, { id_token_hint: person.hint })));
    await finish(person.browser, verifier);
    const next = await login(client, person.browser);
    expect(await finish(person.browser, verifier)).toEqual(to(DEFAULT));
    expect([await isLoggedIn(next), next.browser.hasSession]).toEqual([true, true]);
  });

  it('takes effect once for twenty concurrent requests', async () => {
    const front = await room.client({ frontchannel_logout_uri: 'https://app.example/front' });
    const person = await login(front);
    const verifier = await accept(challengeOf(await start(person.browser, { id_token_hint: person.hint })));
    const finishes = room.get(LogoutFinish);
    const all = await Promise.all(
      Array.from({ length: 20 }, () => finishes.complete(verifier, person.browser.exchange(after(102)))),
    );
    expect(all.filter(({ kind }) => kind === 'front_channel')).toHaveLength(1);
  });

  it('without a proof can be finished only in the browser of the session', async () => {
    const [person, other] = [await login(), await login()];
    const verifier = await accept(challengeOf(await start(person.browser)));
    expect(await finish(other.browser, verifier)).toEqual(to(DEFAULT));
    expect(await finish(new Browser(room), verifier)).toEqual(to(DEFAULT));
    expect([await isLoggedIn(person), await isLoggedIn(other), other.browser.hasSession]).toEqual([true, true, true]);
    await finish(person.browser, verifier);
    expect(await isLoggedIn(person)).toBe(false);
  });

  it('with the hint of one person leaves the session of another in the browser alone', async () => {
    const [one, other] = [await login(), await login()];
    const verifier = await accept(challengeOf(await start(other.browser, { id_token_hint: one.hint })));
    await finish(other.browser, verifier);
    expect([await isLoggedIn(one), await isLoggedIn(other), other.browser.hasSession]).toEqual([false, true, true]);
  });

  it('notifies the front channel of each client of the session, and of no other', async () => {
    const [a, b, c] = [
      await room.client({ post_logout_redirect_uris: [BYE], frontchannel_logout_uri: 'https://app.example/a?x=1' }),
      await room.client({ frontchannel_logout_uri: 'https://app.example/b' }),
      await room.client({ frontchannel_logout_uri: 'https://app.example/c' }),
    ];
    const person = await login(a);
    await login(b, person.browser);
    await login(client, person.browser);
    await login(c);
    const verifier = await accept(
      challengeOf(await start(person.browser, { id_token_hint: person.hint, post_logout_redirect_uri: BYE })),
    );
    const interaction = await finish(person.browser, verifier);
    const about = `iss=${encodeURIComponent(ISSUER)}&sid=${person.sid}`;
    expect(interaction).toMatchObject({ kind: 'front_channel', target: BYE });
    expect(interaction.kind === 'front_channel' && [...interaction.frames].sort()).toEqual([
      `https://app.example/a?x=1&${about}`,
      `https://app.example/b?${about}`,
    ]);
  });

  it('refuses unknown and expired challenges and verifiers', async () => {
    const person = await login();
    const challenge = challengeOf(await start(person.browser));
    const verifier = await accept(challenge);
    const requests = room.get(LogoutRequests);
    const late = exchangeAt(after(1901));
    for (const unknown of ['nope', verifier, 'x'.repeat(43)]) {
      await expect(requests.read(unknown, after(101))).rejects.toMatchObject({ status: 404 });
    }
    await expect(requests.read(challenge, late.arrivedAt)).rejects.toMatchObject({ status: 401 });
    await expect(requests.accept(challenge, late)).rejects.toMatchObject({ code: 'request_unauthorized' });
    await expect(requests.reject(challenge, late)).rejects.toMatchObject({ code: 'request_unauthorized' });
    await expect(finish(person.browser, challenge)).rejects.toMatchObject({ status: 404 });
    await expect(room.get(LogoutFinish).complete(verifier, late)).rejects.toMatchObject({
      code: 'request_unauthorized',
    });
    expect(await isLoggedIn(person)).toBe(true);
  });
});
