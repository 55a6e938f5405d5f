import type { Socket } from 'node:net';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { type Waited, waitedSince } from '../listener/overload/accept-queue.js';
import { unreadFor } from '../listener/overload/unread.js';

/** An event-loop turn that took less than this has read hardly anything. */
const QUIET_TURN_MS = 0.5;
const MAX_TURNS = 3;

/**
 * When a request was complete and when its answer was sent. Both times are on the monotonic clock of this process, so that
 * its events can be ordered exactly.
 */
export class RequestTiming {
  private whole: Presence;
  private sentTick?: number;
  private dueTick?: number;
  private allIsRead = false;

  /** @param socket the socket of the connection */
  constructor(private readonly socket?: Socket) {
    this.whole = present(socket);
  }

  /** When the last byte of the request was read. Expiry is judged by this time. */
  get arrivedAt(): Date {
    return this.whole.at;
  }

  /** `arrivedAt` in milliseconds of `performance.now()`. */
  get arrivedTick(): number {
    return this.whole.tick;
  }

  /** `arrivedTick`, or, if the request was complete by then, when its connection may have begun to wait for `accept`. */
  get queuedTick(): number {
    return this.whole.waited?.sinceTick ?? this.whole.tick;
  }

  /** The earliest moment at which the last byte can have been there, waiting to be read. */
  get thereSinceTick(): number {
    const { tick, unread, waited } = this.whole;
    return Math.min(tick - unread, waited ? waited.sinceTick - waited.unread : tick);
  }

  /** When an answer with a recorded time was sent, in milliseconds of `performance.now()`; undefined until then. */
  get answeredTick(): number | undefined {
    return this.sentTick;
  }

  /** To be called when the last byte of the request has been read. */
  bodyArrived(): void {
    this.whole = present(this.socket);
  }

  /** Delays the answer until this many milliseconds after the request was complete, and records when it is sent. */
  holdAnswer(ms: number): void {
    this.dueTick = this.whole.tick + ms;
  }

  /**
   * Waits until the answer may be sent: until its delay is over, and until the event loop has read what is pending. After a
   * quiet turn nothing is left to be read; on a busy event loop the wait ends after a few turns.
   */
  async answerIsDue(): Promise<void> {
    if (this.dueTick === undefined) return;
    const ms = this.dueTick - performance.now();
    if (ms > 0) await sleep(ms);
    for (let turn = 0; turn < MAX_TURNS && !this.allIsRead; turn++) {
      const began = performance.now();
      await nextTurn();
      this.allIsRead = performance.now() - began < QUIET_TURN_MS;
    }
  }

  /**
   * To be called when the answer was handed to the system. On a busy event loop a request that arrived before may still be
   * unread; the next turn reads it, and only then the answer counts as sent.
   */
  answerSent(): void {
    if (this.dueTick === undefined || this.sentTick !== undefined) return;
    if (this.allIsRead) this.sentTick = performance.now();
    else void this.answeredInTwoTurns();
  }

  private async answeredInTwoTurns(): Promise<void> {
    await nextTurn();
    await nextTurn();
    this.sentTick ??= performance.now();
  }
}

interface Presence {
  at: Date;
  tick: number;
  unread: number;
  waited?: Waited;
}

function present(socket: Socket | undefined): Presence {
  const waited = socket && waitedSince(socket);
  return { at: new Date(), tick: performance.now(), unread: unreadFor(), waited };
}
