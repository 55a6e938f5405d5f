import type { IncomingMessage, ServerResponse } from 'node:http';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DatabaseLoad } from '../../../database/waiting-queue.js';
import type { HttpMetrics } from '../../../observability/http-metrics.js';
import { Admission } from './admission.js';
import type { ListenerName } from '../../exchange/exchange.js';

const TOKEN = '/oauth2/token';
interface Asked {
  url?: string;
  listener?: ListenerName;
  socket?: object;
}

const metrics = { completed: () => undefined } as unknown as HttpMetrics;

/** A server with a clock that the test sets. */
class Stage {
  readonly load = new DatabaseLoad(() => 1);
  private now = 10_000;
  private readonly admission = new Admission(this.load, metrics);

  constructor() {
    vi.spyOn(performance, 'now').mockImplementation(() => this.now);
  }

  pass(ms: number): void {
    this.now += ms;
  }

  /** How many of these requests are admitted in this event-loop turn. Without a socket each has its own connection. */
  takes(count: number, { url = TOKEN, listener = 'public', socket }: Asked = {}): number {
    let taken = 0;
    for (let i = 0; i < count; i++) {
      const request = { url, headers: {}, socket: socket ?? {} } as unknown as IncomingMessage;
      const response = { writeHead: () => undefined, end: () => undefined } as unknown as ServerResponse;
      if (!this.admission.refuses(listener, request, response)) taken++;
    }
    return taken;
  }

  /** @param ms how long this turn takes */
  async nextTurn(ms = 1): Promise<void> {
    this.pass(ms);
    await new Promise(setImmediate);
  }

  /** A queue that stays long until it counts as overload. */
  async overload(): Promise<void> {
    this.load.waiting = 1_000;
    this.takes(1);
    await this.nextTurn();
    this.load.waiting = 0;
  }
}

describe('Admission', () => {
  let stage: Stage;
  beforeEach(() => {
    vi.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    stage = new Stage();
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('admits a burst of five hundred in an event-loop turn, and is overloaded by more', async () => {
    expect(stage.takes(500)).toBe(500);
    expect(stage.takes(2_000)).toBeLessThan(20);
    await stage.nextTurn();
    expect(stage.takes(2_000)).toBeLessThan(20);
  });

  it('after a pause of the event loop admits the requests that arrived meanwhile, and goes on as before', async () => {
    stage.takes(10);
    await stage.nextTurn(700);
    expect(stage.takes(400)).toBe(400);
    await stage.nextTurn(200);
    expect(stage.takes(200)).toBe(200);
    await stage.nextTurn(200);
    expect(stage.takes(200)).toBe(200);
  });

  it('does not refuse others because one connection sends thousands of requests at once', async () => {
    const socket = {};
    for (let turn = 0; turn < 10; turn++) {
      stage.takes(1_000, { socket, url: '/health/alive' });
      expect(stage.takes(100)).toBe(100);
      await stage.nextTurn(100);
    }
  });

  it('under overload admits more after a longer turn, as many as are served in that time, up to 32', async () => {
    for (let i = 0; i < 6; i++) {
      stage.takes(1); // a thousand are served per second
      stage.load.turns += 100;
      await stage.nextTurn(100);
    }
    await stage.overload();
    const taken: number[] = [];
    for (const ms of [1, 20, 500]) {
      stage.takes(1);
      await stage.nextTurn(ms);
      taken.push(stage.takes(100));
      await stage.nextTurn();
    }
    expect(taken[0]).toBe(8);
    expect(taken[1]).toBeGreaterThanOrEqual(20);
    expect(taken[1]).toBeLessThan(32);
    expect(taken[2]).toBe(32);
  });

  it('under overload admits one request per connection and turn, and some of others', async () => {
    await stage.overload();
    expect(stage.takes(1_000, { socket: {} })).toBe(1);
    expect(stage.takes(1)).toBe(1);
  });

  it('under overload serves probes and public documents without using up a place', async () => {
    await stage.overload();
    expect(stage.takes(20, { url: '/health/ready' })).toBe(20);
    expect(stage.takes(20, { url: '/.well-known/openid-configuration?a=b' })).toBe(20);
    expect(stage.takes(1)).toBe(1);
    expect(stage.takes(100)).toBeLessThan(100);
    expect(stage.takes(20, { url: '/health/ready' })).toBe(20);
  });

  it('under overload keeps a reserve for administrators, but not for introspection', async () => {
    await stage.overload();
    stage.takes(100);
    expect(stage.takes(10, { url: '/admin/clients', listener: 'admin' })).toBe(10);
    expect(stage.takes(10, { url: '/admin/oauth2/introspect', listener: 'admin' })).toBe(0);
  });

  it('ends an overload a second after the last refusal, although no request came meanwhile', async () => {
    await stage.overload();
    stage.takes(100);
    await stage.nextTurn();
    stage.pass(1_100);
    expect(stage.takes(400)).toBe(400);
  });

  it('after a time without requests admits all that are answered in time, however many wait together', async () => {
    for (let each = 0; each < 20; each++) {
      expect(stage.takes(1)).toBe(1);
      await stage.nextTurn();
      stage.pass(500);
    }
    expect(stage.takes(1)).toBe(1);
    stage.load.waiting = 200; // two hundred clients that each send the next request after an answer: 2,000 per second
    for (let turn = 0; turn < 200; turn++) {
      expect(stage.takes(20)).toBe(20);
      stage.load.turns += 20;
      await stage.nextTurn(10);
    }
  });
});
