/** Back-channel logout: who is told of the end of a session, with which token, and what happens when they do not answer. */
import { randomUUID } from 'node:crypto';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ClientMetadata } from '../../../src/clients/client-metadata.js';
import { ClientStore } from '../../../src/clients/client-store.js';
import { ClientsService } from '../../../src/clients/clients.service.js';
import type { RegisteredClient } from '../../../src/clients/registered-client.js';
import { LogoutCourier } from '../../../src/consent/back-channel/logout-courier.js';
import { LogoutDeliveries } from '../../../src/consent/back-channel/logout-deliveries.js';
import type { DeliveryRow } from '../../../src/consent/back-channel/logout-delivery.statements.js';
import { SessionEnd } from '../../../src/consent/sessions/session-end.js';
import type { DomainEvent } from '../../../src/events/domain-event.js';
import { Events } from '../../../src/events/events.js';
import { KeyAdministration } from '../../../src/keys/key-administration.js';
import { KeySets } from '../../../src/keys/key-sets.js';
import { ID_TOKEN_KEY_SET } from '../../../src/protocol/constants.js';
import { freshDatabase, type TestDatabase } from '../../support/postgres.js';
import { Receiver } from '../../support/receiver.js';
import { after, Apps, Browser, configure, exchangeAt, ISSUER, requestOf, Room, START } from './room.js';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const HOUR = 3600;
/** When sessions end in these tests. */
const END = after(100);
const later = (seconds: number) => (): Date => new Date(END.getTime() + seconds * 1000);

describe('back-channel logout', () => {
  let database: TestDatabase;
  let receiver: Receiver;
  let room: Room;
  let apps: Apps;

  const open = (over: object = {}): Promise<Room> =>
    Room.open(
      configure(database.dsn, undefined, {
        oidc: {
          subject_identifiers: { supported_types: ['public', 'pairwise'], pairwise: { salt: 'a-salt-of-the-test' } },
          back_channel_logout: { timeout: '1s', max_age: '24h' },
        },
        ...over,
      }),
    );
  beforeAll(async () => {
    database = await freshDatabase();
    receiver = await Receiver.open();
    room = await open();
    apps = new Apps(room);
  });
  beforeEach(async () => {
    receiver.clear();
    await room.database.query('truncate logout_delivery');
  });
  afterAll(async () => {
    await room.close();
    await receiver.close();
    await database.drop();
  });

  const client = (over: Partial<ClientMetadata> = {}): Promise<RegisteredClient> =>
    room.client({ backchannel_logout_uri: `${receiver.url}/${randomUUID()}`, ...over });
  const pathOf = ({ metadata }: RegisteredClient): string => new URL(metadata.backchannel_logout_uri ?? '').pathname;

  /** Logs in, in a browser that may have a session already, and consents. */
  async function use(of: RegisteredClient, browser = new Browser(room), login: object = {}): Promise<string> {
    const challenge = await browser.begin(requestOf(of), of, START);
    const accepted = await apps.acceptLogin(challenge, START, { remember: true, ...login });
    const consent = await browser.toConsent(accepted, of, START);
    const { granted } = await browser.toGrant(await apps.acceptConsent(consent, START), of, START);
    await room.record(granted);
    return granted.loginSessionId;
  }
  /** As an administrator does. */
  async function change({ entity, clientId }: RegisteredClient, over: Partial<ClientMetadata>): Promise<void> {
    const changed = Object.assign(structuredClone(entity), { metadata: { ...entity.metadata, ...over } });
    await room.get(ClientStore).update(changed, END);
    room.get(ClientsService).forget(clientId);
  }
  const end = (sid: string, at = room): Promise<unknown> => at.get(SessionEnd).end(sid, exchangeAt(END));
  const work = (clock = later(0), at = room): Promise<void> => at.get(LogoutCourier).work(clock);
  const deliveries = async (): Promise<DeliveryRow[]> => {
    return (await room.get(LogoutDeliveries).list({}, { size: 500 })).rows;
  };
  const states = async (): Promise<string[]> => (await deliveries()).map(({ state }) => state).sort();
  const tokens = (): string[] => receiver.requests.map(({ form }) => form.get('logout_token') ?? '');

  describe('the token', () => {
    it('is signed, says which session ended for whom, and cannot pass for an ID token', async () => {
      const one = await client({ backchannel_logout_session_required: true });
      const sid = await use(one, new Browser(room), { subject: 'ada' });
      await end(sid);
      await work();
      expect(receiver.requests).toMatchObject([
        { method: 'POST', path: pathOf(one), headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      ]);
      const [token = ''] = tokens();
      const keys = await room.get(KeySets).publicJwks([ID_TOKEN_KEY_SET]);
      const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet({ keys }), {
        ...{ issuer: ISSUER, audience: one.clientId, typ: 'logout+jwt', currentDate: END },
      });
      expect(protectedHeader.kid).toBe(keys[0]?.kid);
      const iat = END.getTime() / 1000;
      expect(payload).toEqual({
        ...{ iss: ISSUER, sub: 'ada', aud: [one.clientId], iat, exp: iat + 120, sid, events: { [EVENT]: {} } },
        jti: expect.any(String) as string,
      });
    });

    it('names the person as a pairwise client knows them, and not at all where it has lost its sector', async () => {
      const pairwise = { subject_type: 'pairwise' as const };
      const one = await client(pairwise);
      const two = await client({ ...pairwise, redirect_uris: ['https://a.example/cb'] });
      const forced = await client({ ...pairwise, redirect_uris: ['https://b.example/cb'] });
      const browser = new Browser(room);
      const sid = await use(one, browser, { subject: 'ada' });
      await use(two, browser, { subject: 'ada' });
      await use(forced, browser, { subject: 'ada', force_subject_identifier: 'somebody' });
      const redirect_uris = ['https://a.example/cb', 'https://b.example/cb'];
      await change(two, { redirect_uris });
      await end(sid);
      await work();
      const subjects = new Map(tokens().map((token) => [decodeJwt(token).aud?.[0], decodeJwt(token).sub]));
      expect(subjects.get(one.clientId)).toMatch(/^[0-9a-f]{64}$/);
      expect([subjects.size, subjects.get(two.clientId), subjects.get(forced.clientId)]).toEqual([
        ...[3, undefined, 'somebody'],
      ]);
    });

    it('is signed with the key of the moment, and is another one at each attempt', async () => {
      const sid = await use(await client());
      await end(sid);
      receiver.answer = 500;
      await work();
      const keys = room.get(KeySets);
      await room.get(KeyAdministration).create(ID_TOKEN_KEY_SET, { alg: 'ES256', use: 'sig', kid: 'a-new-key' });
      keys.forget();
      receiver.answer = 200;
      await work(later(10));
      const [first = '', second = ''] = tokens();
      expect(decodeProtectedHeader(second)).toMatchObject({ alg: 'ES256', kid: 'a-new-key' });
      expect(decodeJwt(second).jti).not.toBe(decodeJwt(first).jti);
      expect(decodeJwt(second).iat).toBe((decodeJwt(first).iat ?? 0) + 10);
    });
  });

  describe('tells', () => {
    it('each client that the session was used with, once, and no other', async () => {
      const [a, b, stranger] = [await client(), await client(), await client()];
      const withoutChannel = await room.client({});
      const browser = new Browser(room);
      const sid = await use(a, browser);
      for (const one of [a, b, withoutChannel]) await use(one, browser);
      await use(stranger);
      await browser.begin(requestOf(stranger), stranger, START); // no consent came of it
      await end(sid);
      await work();
      expect(receiver.requests.map(({ path }) => path).sort()).toEqual([pathOf(a), pathOf(b)].sort());
      expect(await states()).toEqual(['delivered', 'delivered']);
    });

    it('once, of twenty who end the session at the same time', async () => {
      const sid = await use(await client());
      await Promise.all(Array.from({ length: 20 }, () => end(sid)));
      await work();
      expect(receiver.requests).toHaveLength(1);
    });

    it('a client whose consent is being recorded while the session ends', async () => {
      const [a, b] = [await client(), await client()];
      const sid = await use(a);
      const runner = room.database.createQueryRunner();
      await runner.startTransaction();
      await runner.query(
        `insert into consent (id, subject, client_key, login_session_id, granted_scope, granted_audience, remember,
           remember_for, skip, requested_at, handled_at, details)
         select gen_random_uuid(), subject, $1, id, '{}', '{}', false, 0, false, $3, $3, '' from login_session where id = $2`,
        [b.key, sid, START],
      );
      const ended = end(sid);
      await expect.poll(() => waitingForLocks(room)).toBe(1);
      await runner.commitTransaction();
      await runner.release();
      await ended;
      await work();
      expect(receiver.requests.map(({ path }) => path).sort()).toEqual([pathOf(a), pathOf(b)].sort());
    });

    it('nobody where another login took the place of the session, or an administrator ended all of a person', async () => {
      const one = await client();
      const browser = new Browser(room);
      await use(one, browser, { subject: 'ada' });
      const request = requestOf(one, { prompt: ['login'] });
      const again = await browser.begin(request, one, START);
      await browser.toConsent(await apps.acceptLogin(again, START, { subject: 'ada', remember: false }), one, START);
      expect(browser.hasSession).toBe(false);
      await use(one, new Browser(room), { subject: 'bob' });
      await room.get(SessionEnd).endAllOf('bob', exchangeAt(END));
      expect(await deliveries()).toEqual([]);
    });

    it('the address that the client has by then; a client without one, or that is gone, is told nothing', async () => {
      const [moved, closed, gone] = [await client(), await client(), await client()];
      const browser = new Browser(room);
      const sid = await use(moved, browser);
      for (const one of [closed, gone]) await use(one, browser);
      await end(sid);
      await change(moved, { backchannel_logout_uri: `${receiver.url}/moved` });
      await change(closed, { backchannel_logout_uri: undefined });
      await room.get(ClientStore).delete(gone.key);
      await work();
      expect(receiver.requests.map(({ path }) => path)).toEqual(['/moved']);
      expect(await states()).toEqual(['delivered', 'failed']);
    });

    it('no private address on behalf of a client that registered itself', async () => {
      const sid = await use(await client({ dynamically_registered: true }));
      await end(sid);
      await work();
      expect(receiver.requests).toEqual([]);
      expect(await deliveries()).toMatchObject([
        { state: 'failed', response_status: null, failure: expect.stringContaining('private') as string },
      ]);
    });
  });

  describe('a receiver', () => {
    it.each([
      [200, 'delivered'],
      [204, 'delivered'],
      [400, 'failed'],
      [404, 'failed'],
    ])('that answers %d is not asked again: %s', async (status, state) => {
      await end(await use(await client()));
      receiver.answer = status;
      await work();
      await work(later(HOUR));
      expect(receiver.requests).toHaveLength(1);
      expect(await deliveries()).toMatchObject([{ state, attempts: 1, response_status: status, finished_at: END }]);
    });

    it.each<[string, Receiver['answer'], number | null]>([
      ['answers 500', 500, 500],
      ['answers 503', 503, 503],
      ['hangs', () => undefined, null],
      ['redirects', (response) => response.writeHead(302, { location: '/elsewhere' }).end(), 302],
      ['breaks the connection', (response) => response.destroy(), null],
    ])('that %s is asked again, later, until it takes it', async (_, answer, status) => {
      await end(await use(await client()));
      receiver.answer = answer;
      await work();
      const asked = receiver.requests.length;
      expect(receiver.requests.some(({ path }) => path === '/elsewhere')).toBe(false);
      const [waiting] = await deliveries();
      expect(waiting).toMatchObject({ state: 'pending', attempts: 1, response_status: status, finished_at: null });
      expect(waiting?.next_attempt_at.getTime()).toBeGreaterThan(END.getTime());
      receiver.answer = 200;
      await work(later(0.5)); // not yet
      expect(receiver.requests).toHaveLength(asked);
      await work(later(10));
      expect(await deliveries()).toMatchObject([{ state: 'delivered', attempts: 2, failure: null }]);
    });

    it('that cannot be reached in the configured time is given up', async () => {
      await end(await use(await client()));
      receiver.answer = 500;
      await work();
      await work(later(24 * HOUR - 1)); // the attempt after this one would be too late
      expect(await deliveries()).toMatchObject([{ state: 'expired', attempts: 2, failure: 'It answered 500.' }]);
      await end(await use(await client()));
      await work(later(24 * HOUR)); // no server ran meanwhile
      expect(receiver.requests).toHaveLength(2);
      expect(await states()).toEqual(['expired', 'expired']);
    });

    it('that hangs holds up no other', async () => {
      const slow = await Receiver.open();
      slow.answer = () => undefined;
      const hanging = await client({ backchannel_logout_uri: slow.url });
      for (let i = 0; i < 20; i++) await end(await use(hanging));
      await end(await use(await client()));
      const working = work();
      await receiver.received(1);
      expect(slow.requests.length).toBeLessThan(20);
      await working;
      expect((await states()).filter((state) => state === 'delivered')).toHaveLength(1);
      expect(slow.requests).toHaveLength(20);
      await slow.close();
    });
  });

  describe('of several replicas', () => {
    it('one delivers what another wrote before it was stopped', async () => {
      const other = await open();
      await end(await use(await client()), other);
      await other.close();
      await work();
      expect(await states()).toEqual(['delivered']);
    });

    it('each delivery is made by one', async () => {
      const replicas = await Promise.all([open(), open()]);
      const one = await client();
      const sids = [];
      for (let i = 0; i < 30; i++) sids.push(await use(one));
      await Promise.all(sids.map((sid) => end(sid)));
      await Promise.all(replicas.map((replica) => work(later(0), replica)));
      const told = tokens().map((token) => decodeJwt(token)['sid'] as string);
      expect(told.sort()).toEqual(sids.sort());
      for (const replica of replicas) await replica.close();
    });

    it('one takes over from another that was killed, and what that one says later does not count', async () => {
      await end(await use(await client()));
      const outbox = room.get(LogoutDeliveries);
      const [lost] = await outbox.claim({ now: END, limit: 8, until: later(21)(), busy: [] });
      await work(later(20));
      expect(receiver.requests).toHaveLength(0); // it might still be at it
      await work(later(21));
      expect(receiver.requests).toHaveLength(1);
      const late = { state: 'failed' as const, now: later(30)(), nextAttemptAt: later(30)() };
      expect(await outbox.settle(lost!, late)).toBe(false);
      expect(await deliveries()).toMatchObject([{ state: 'delivered', attempts: 2 }]);
    });
  });

  describe('the identity provider', () => {
    let withProvider: Room;

    beforeAll(async () => {
      withProvider = await open({
        urls: {
          ...{ self: { issuer: ISSUER }, login: 'https://ui.example/login', consent: 'https://ui.example/consent' },
          identity_provider: { url: `${receiver.url}/kratos/`, headers: { 'x-api-key': 'a-key' } },
        },
      });
    });
    afterAll(() => withProvider.close());

    const session = { identity_provider_session_id: 'a session/1' };

    it('disables its session when the login session ends', async () => {
      await end(await use(await room.client({}), new Browser(room), session), withProvider);
      receiver.answer = 204;
      await work(later(0), withProvider);
      expect(receiver.requests).toMatchObject([
        { method: 'DELETE', path: '/kratos/admin/sessions/a%20session%2F1', headers: { 'x-api-key': 'a-key' } },
      ]);
      expect(await deliveries()).toMatchObject([{ channel: 'identity_provider', client_id: null, state: 'delivered' }]);
    });

    it.each([
      [404, 'delivered'], // it has ended there already
      [400, 'failed'],
      [401, 'pending'],
      [403, 'pending'],
      [500, 'pending'],
    ])('that answers %d: %s', async (status, state) => {
      await end(await use(await room.client({}), new Browser(room), session), withProvider);
      receiver.answer = status;
      await work(later(0), withProvider);
      expect(await deliveries()).toMatchObject([{ state, response_status: status }]);
    });

    it('is told nothing where the login app named no session, and where none is configured', async () => {
      await end(await use(await room.client({})), withProvider);
      await end(await use(await room.client({}), new Browser(room), session), room);
      expect(await deliveries()).toEqual([]);
    });

    it('is left alone where it is not configured any more', async () => {
      await end(await use(await room.client({}), new Browser(room), session), withProvider);
      await work();
      expect(await states()).toEqual(['failed']);
    });
  });

  it('reports each result once, with whom it was about', async () => {
    const seen: DomainEvent[] = [];
    const leave = room.get(Events).subscribe((event) => {
      if (event.type.startsWith('logout_delivery.')) seen.push(event);
    });
    const [good, bad] = [await client(), await client({ backchannel_logout_uri: `${receiver.url}/bad` })];
    const browser = new Browser(room);
    const sid = await use(good, browser, { subject: 'ada' });
    await use(bad, browser, { subject: 'ada' });
    await end(sid);
    await work();
    await room.database.query(`update logout_delivery set state = 'pending' where client_key = $1`, [bad.key]);
    receiver.answer = 400;
    await work(later(1));
    leave();
    const about = { subject: 'ada', sid, channel: 'back_channel' };
    expect(seen).toMatchObject([
      { type: 'logout_delivery.delivered', ...about },
      { type: 'logout_delivery.delivered', ...about },
      { type: 'logout_delivery.failed', clientId: bad.clientId, attempts: 2, status: 400, ...about },
    ]);
  });
});

/** How many statements of the room's database wait for a lock. */
async function waitingForLocks(room: Room): Promise<number> {
  const [row] = await room.database.query<{ waiting: number }[]>(
    `select count(*)::integer as waiting from pg_stat_activity
     where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return row?.waiting ?? 0;
}
