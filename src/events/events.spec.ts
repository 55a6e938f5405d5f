import { Logger } from '@nestjs/common';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { DomainEvent } from './domain-event.js';
import { Events } from './events.js';

const event: DomainEvent = { type: 'login.accepted', at: new Date(0), requestId: 'r1' };

afterEach(() => vi.restoreAllMocks());

describe('publishing', () => {
  it('reaches every subscriber, until it leaves', () => {
    const events = new Events();
    const seen: string[] = [];
    const leave = events.subscribe(() => {
      seen.push('a');
    });
    events.subscribe(() => {
      seen.push('b');
    });
    events.publish(event);
    leave();
    events.publish(event);
    expect(seen).toEqual(['a', 'b', 'b']);
  });

  it('never fails by a subscriber, now or later, and tells the log', async () => {
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
    expect(seen).toEqual(['login.accepted']);
    expect(log).toHaveBeenCalledTimes(2);
  });
});
