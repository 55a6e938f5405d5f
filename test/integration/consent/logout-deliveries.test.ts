/** Deliveries to receivers that do not respond, and deliveries by several replicas. */
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LogoutDeliveries } from '../../../src/consent/back-channel/logout-deliveries.js';
import type { DomainEvent } from '../../../src/events/domain-event.js';
import { Events } from '../../../src/events/events.js';
import { Receiver } from '../../support/receiver.js';
import { BackChannelStage, END, later } from './back-channel-stage.js';
import { Browser, ISSUER, Room } from './room.js';

const HOUR = 3600;

describe('logout deliveries', () => {
  const stage = new BackChannelStage();
  const { open, client, use, end, work, deliveries, states, tokens } = stage;

  describe('a receiver', () => {
    it.each([
      [200, 'delivered'],
      [204, 'delivered'],
      [400, 'failed'],
      [404, 'failed'],
    ])('that responds with %d is not tried again: %s', async (status, state) => {
      await end(await use(await client()));
      stage.receiver.answer = status;
      await work();
      await work(later(HOUR));
      expect(stage.receiver.requests).toHaveLength(1);
      expect(await deliveries()).toMatchObject([{ state, attempts: 1, response_status: status, finished_at: END }]);
    });

    it.each<[string, Receiver['answer'], number | null]>([
      ['answers 500', 500, 500],
      ['answers 503', 503, 503],
      ['hangs', () => undefined, null],
      ['redirects', (response) => response.writeHead(302, { location: '/elsewhere' }).end(), 302],
      ['breaks the connection', (response) => response.destroy(), null],
    ])('that %s is tried again later until it succeeds', async (_, answer, status) => {
      await end(await use(await client()));
      stage.receiver.answer = answer;
      await work();
      const asked = stage.receiver.requests.length;
      expect(stage.receiver.requests.some(({ path }) => path === '/elsewhere')).toBe(false);
      const [waiting] = await deliveries();
      expect(waiting).toMatchObject({ state: 'pending', attempts: 1, response_status: status, finished_at: null });
      expect(waiting?.next_attempt_at.getTime()).toBeGreaterThan(END.getTime());
      stage.receiver.answer = 200;
      await work(later(0.5)); // not yet
      expect(stage.receiver.requests).toHaveLength(asked);
      await work(later(10));
      expect(await deliveries()).toMatchObject([{ state: 'delivered', attempts: 2, failure: null }]);
    });

    it('that cannot be reached within the configured time is given up', async () => {
      await end(await use(await client()));
      stage.receiver.answer = 500;
      await work();
      await work(later(24 * HOUR - 1)); // the attempt after this one would be too late
      expect(await deliveries()).toMatchObject([{ state: 'expired', attempts: 2, failure: 'It answered 500.' }]);
      await end(await use(await client()));
      await work(later(24 * HOUR)); // no server was running meanwhile
      expect(stage.receiver.requests).toHaveLength(2);
      expect(await states()).toEqual(['expired', 'expired']);
    });

    it('that does not respond delays no other', async () => {
      const slow = await Receiver.open();
      slow.answer = () => undefined;
      const hanging = await client({ backchannel_logout_uri: slow.url });
      for (let i = 0; i < 20; i++) await end(await use(hanging));
      await end(await use(await client()));
      const working = work();
      await stage.receiver.received(1);
      expect(slow.requests.length).toBeLessThan(20);
      await working;
      expect((await states()).filter((state) => state === 'delivered')).toHaveLength(1);
      expect(slow.requests).toHaveLength(20);
      await slow.close();
    });
  });

  describe('of several replicas', () => {
    it('one sends a delivery that another stored before it was stopped', async () => {
      const other = await open();
      await end(await use(await client()), other);
      await other.close();
      await work();
      expect(await states()).toEqual(['delivered']);
    });

    it('only one makes each delivery', async () => {
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

    it('one takes over from another that was killed, whose later result does not count', async () => {
      await end(await use(await client()));
      const outbox = stage.room.get(LogoutDeliveries);
      const [lost] = await outbox.claim({ now: END, limit: 8, until: later(21)(), busy: [] });
      await work(later(20));
      expect(stage.receiver.requests).toHaveLength(0); // the lease of the other one has not expired
      await work(later(21));
      expect(stage.receiver.requests).toHaveLength(1);
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
          identity_provider: { url: `${stage.receiver.url}/kratos/`, headers: { 'x-api-key': 'a-key' } },
        },
      });
    });
    afterAll(() => withProvider.close());

    const session = { identity_provider_session_id: 'a session/1' };

    it('disables its session when the login session ends', async () => {
      await end(await use(await stage.room.client({}), new Browser(stage.room), session), withProvider);
      stage.receiver.answer = 204;
      await work(later(0), withProvider);
      expect(stage.receiver.requests).toMatchObject([
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
    ])('that responds with %d: %s', async (status, state) => {
      await end(await use(await stage.room.client({}), new Browser(stage.room), session), withProvider);
      stage.receiver.answer = status;
      await work(later(0), withProvider);
      expect(await deliveries()).toMatchObject([{ state, response_status: status }]);
    });

    it('is not notified if the login app named no session, or if no identity provider is configured', async () => {
      await end(await use(await stage.room.client({})), withProvider);
      await end(await use(await stage.room.client({}), new Browser(stage.room), session), stage.room);
      expect(await deliveries()).toEqual([]);
    });

    it('is not called if it is not configured any more', async () => {
      await end(await use(await stage.room.client({}), new Browser(stage.room), session), withProvider);
      await work();
      expect(await states()).toEqual(['failed']);
    });
  });

  it('publishes each result once, with client, subject and session', async () => {
    const seen: DomainEvent[] = [];
    const leave = stage.room.get(Events).subscribe((event) => {
      if (event.type.startsWith('logout_delivery.')) seen.push(event);
    });
    const [good, bad] = [await client(), await client({ backchannel_logout_uri: `${stage.receiver.url}/bad` })];
    const browser = new Browser(stage.room);
    const sid = await use(good, browser, { subject: 'ada' });
    await use(bad, browser, { subject: 'ada' });
    await end(sid);
    await work();
    await stage.room.database.query(`update logout_delivery set state = 'pending' where client_key = $1`, [bad.key]);
    stage.receiver.answer = 400;
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
