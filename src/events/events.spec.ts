import { Logger } from '@nestjs/common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { actorOf, type DomainEvent, type Origin } from './domain-event.js';
import { Events } from './events.js';

const event: DomainEvent = { type: 'login_session.ended', at: new Date(0) };
const origin: Origin = { listener: 'public', requestId: 'r1', remoteAddress: '192.0.2.1' };

afterEach(() => vi.restoreAllMocks());

describe('publishing', () => {
  it('reaches every subscriber until it unsubscribes', () => {
    const events = new Events();
    const seen: string[] = [];
    const unsubscribe = events.subscribe(() => {
      seen.push('a');
    });
    events.subscribe(() => {
      seen.push('b');
    });
    events.publish(event);
    unsubscribe();
    events.publish(event);
    expect(seen).toEqual(['a', 'b', 'b']);
  });

  it('does not fail when a subscriber throws or rejects, and logs the error', async () => {
    const log = vi.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const events = new Events();
    const seen: string[] = [];
    events.subscribe(() => {
      throw new Error('now');
    });
    events.subscribe(() => Promise.reject(new Error('later')));
    events.subscribe(({ type }) => {
      seen.push(type);
    });
    expect(() => {
      events.publish(event);
    }).not.toThrow();
    await new Promise(setImmediate);
    expect(seen).toEqual(['login_session.ended']);
    expect(log).toHaveBeenCalledTimes(2);
  });

  it('is counted by type, with and without subscribers', () => {
    const events = new Events();
    events.publish(event);
    events.subscribe(() => undefined);
    events.publish(event);
    events.publish({ type: 'mtls.rejected', at: new Date(0), reason: 'repeated' });
    expect([...events.counts]).toEqual([
      ['login_session.ended', new Map([['', 2]])],
      ['mtls.rejected', new Map([['repeated', 1]])],
    ]);
  });
});

describe('the origin of an event', () => {
  const listening = () => {
    const events = new Events();
    const seen: (string | undefined)[] = [];
    events.subscribe((_, of) => {
      seen.push(of?.requestId);
    });
    return { events, seen };
  };

  it('is the request whose work published it, also after an await and with concurrent requests', async () => {
    const { events, seen } = listening();
    const work = (requestId: string) =>
      events.within({ ...origin, requestId }, async () => {
        events.publish(event);
        await new Promise(setImmediate);
        events.publish(event);
      });
    await Promise.all([work('r1'), work('r2')]);
    events.publish(event);
    expect(seen).toEqual(['r1', 'r2', 'r1', 'r2', undefined]);
  });

  it('is undefined for an act of the server itself, even within a request', () => {
    const { events, seen } = listening();
    events.within(origin, () => {
      events.publish({ type: 'logout_delivery.delivered', at: new Date(0) });
    });
    expect(seen).toEqual([undefined]);
  });

  it('costs nothing without subscribers: the work is called directly', () => {
    const events = new Events();
    const work = vi.fn(() => 7);
    expect([events.within(origin, work), work.mock.calls.length]).toEqual([7, 1]);
  });
});

describe('who acted', () => {
  it.each([
    ['the person, in a browser', 'login_session.ended', 'public', 'subject'],
    ['the administrator, for the same event', 'login_session.ended', 'admin', 'admin'],
    ['the client, at the token endpoint', 'token.issued', 'public', 'client'],
    ['the client that manages itself', 'client.updated', 'public', 'client'],
    ['the administrator of clients', 'client.updated', 'admin', 'admin'],
  ] as const)('is %s', (_, type, listener, actor) => {
    expect(actorOf({ type, at: new Date(0) }, { ...origin, listener })).toBe(actor);
  });

  it('is the server if there is no request', () => {
    expect(actorOf({ type: 'key.created', at: new Date(0) }, undefined)).toBe('server');
  });
});
