/**
 * Decides whether there is capacity for one more request. It looks at the queue for the database, and at how many entries
 * leave it per second: a queue that is served in a quarter of a second is short. A burst may be longer, up to 512, in one
 * event-loop turn or in the queue. More is overload, and so is a queue that has not been short for a quarter of a second, or
 * turns that read hundreds of connections each for as long. Under overload the excess requests are refused on arrival, before
 * they are read, until hardly any is refused.
 *
 * Requests that wait for other systems (hooks, clients that send slowly, login apps) are in no queue here and count for
 * nothing.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Injectable, Logger } from '@nestjs/common';
import { DatabaseLoad } from '../../../database/waiting-queue.js';
import { HttpMetrics } from '../../../observability/http-metrics.js';
import { ThrottledReport } from '../../../protocol/throttled-report.js';
import type { ListenerName } from '../../exchange/exchange.js';
import { refuseForLoad } from './load-refusal.js';
import { isProbe, splitTarget } from '../routes/request-path.js';
import { TurnRate } from './turn-rate.js';

/** A queue that is served in this time is short. */
const SHORT_SECONDS = 0.25;
/** However slow the database is, a queue of this length is short: shared statements need it. */
const SHORT_AT_LEAST = 64;
/** The size of a burst that is admitted where the queue was short in the last `SHORT_WITHIN_MS`. */
const BURST = 512;
const SHORT_WITHIN_MS = 250;
/** An event-loop turn that reads more connections than this is long. */
const LONG_TURN = 256;
/**
 * Under overload a turn admits as many requests as left the queue during the previous turn, within these bounds. Everything
 * in the next turn waits for them: refusals, probes, and new connections, of which a turn accepts few.
 */
const MIN_PER_TURN = 8;
const MAX_PER_TURN = 32;
/** After this time without input the event loop counts as idle. */
const IDLE_MS = 20;
/** Overload ends when a smaller share than this is refused, checked at this interval. */
const REFUSED_SHARE = 0.05;
/** Overload also ends where the event loop was less busy than this and the queue for the database was short. */
const BUSY_SHARE = 0.8;
const REASSESS_EVERY_MS = 1_000;
const REPORT_EVERY_MS = 1_000;

/** Clients read these documents before anything else, and they are served from memory. */
const PUBLIC_DOCUMENTS = /^\/\.well-known\//;
/** The path of the admin listener that applications call for each of their requests. */
const INTROSPECTION = /\/oauth2\/introspect\/?$/;

/** The current event-loop turn. */
interface Turn {
  /** How many connections were read. */
  read: number;
  /** How many requests were admitted. */
  admitted: number;
  /** How many requests may be admitted under overload. */
  places: number;
  /** When the first connection was read. */
  beganAt: number;
  /** How many connections the previous turn read, and when it ended. */
  before: number;
  endedAt: number;
  /** The socket of the latest request. */
  latest?: Socket;
}

@Injectable()
export class Admission {
  private readonly log = new Logger('http');
  private readonly rate: TurnRate;
  /** When the queue was last short, in a turn that was not long. */
  private shortAt = -Infinity;
  /** Since when requests are refused; undefined without overload. */
  private overloadedSince: number | undefined;
  private refusedAt = -Infinity;
  /** Counted since the overload began or was last reassessed. */
  private readonly recent = { admitted: 0, refused: 0, longest: 0 };
  private loop = performance.eventLoopUtilization();
  private readonly turn: Turn = { read: 0, admitted: 0, places: 0, beganAt: 0, before: 0, endedAt: 0 };
  private readonly refusals = new ThrottledReport<ListenerName>(REPORT_EVERY_MS, (_, count) => {
    this.log.warn({
      message:
        'Requests are refused: the server is overloaded. Give PostgreSQL or this server more power, start more servers, or raise max_conns of the dsn where PostgreSQL has power to spare.',
      refused: count,
      waiting: this.load.waiting,
      served_per_second: Math.round(this.rate.perSecond(performance.now())),
    });
  });

  constructor(
    private readonly load: DatabaseLoad,
    private readonly metrics: HttpMetrics,
  ) {
    this.rate = new TurnRate(() => load.turns);
  }

  /** True under overload: the request has been answered, at hardly any cost. */
  refuses(listener: ListenerName, request: IncomingMessage, response: ServerResponse): boolean {
    if (this.hasRoom(listener, request)) return false;
    refuseForLoad(request, response);
    this.refusals.record(listener);
    this.metrics.completed({
      method: request.method ?? 'GET',
      ...{ route: '', status: 503, durationMs: 0, requestBytes: 0, responseBytes: 0 },
    });
    return true;
  }

  private hasRoom(listener: ListenerName, request: IncomingMessage): boolean {
    if (this.load.maxWait <= 0) return true;
    const now = performance.now();
    const isPipelined = this.follow(request, now);
    const short = Math.max(SHORT_AT_LEAST, this.rate.perSecond(now) * SHORT_SECONDS);
    this.assess(this.load.waiting, short, now);
    const isOverloaded = this.overloadedSince !== undefined;
    const room = isOverloaded ? short : Math.max(BURST, short);
    const hasRoom = this.load.waiting < room && this.hasPlace(isPipelined);
    if (isOverloaded || !hasRoom) {
      const path = pathOf(request);
      if (isExempt(path)) return true; // and it uses no place
      const hasReserve = isOperator(listener, path) && this.load.waiting < room * 2;
      if (!hasRoom && !hasReserve) return this.refused(now);
    }
    if (hasRoom && !isPipelined) this.turn.admitted++;
    this.recent.admitted++;
    return true;
  }

  private hasPlace(isPipelined: boolean): boolean {
    return this.overloadedSince === undefined || (!isPipelined && this.turn.admitted < this.turn.places);
  }

  private refused(now: number): false {
    this.recent.refused++;
    this.refusedAt = now;
    return false;
  }

  /**
   * Counts the connections that this event-loop turn reads. True for a request that was pipelined behind another one of its
   * connection: however many requests a connection sends at once, it counts once, and under overload has one place.
   */
  private follow({ socket }: IncomingMessage, now: number): boolean {
    const { turn } = this;
    if (turn.latest === socket) return true;
    turn.latest = socket;
    if (turn.read++ > 0) return false;
    if (now - turn.endedAt > IDLE_MS) turn.before = 0;
    const fitting = (this.rate.perSecond(now) * (now - turn.beganAt)) / 1_000;
    turn.places = Math.min(Math.max(fitting, MIN_PER_TURN), MAX_PER_TURN);
    turn.beganAt = now;
    setImmediate(() => {
      Object.assign(turn, { before: turn.read, read: 0, admitted: 0, latest: undefined, endedAt: performance.now() });
    });
    return false;
  }

  private assess(waiting: number, short: number, now: number): void {
    if (this.overloadedSince !== undefined) this.reassess(waiting, short, now);
    else if (waiting >= Math.max(BURST, short) || this.turn.admitted >= BURST) this.begin(now);
    else if (waiting < short && this.turn.before < LONG_TURN) this.shortAt = now;
    else if (now - this.shortAt > SHORT_WITHIN_MS) this.begin(now);
  }

  private reassess(waiting: number, short: number, now: number): void {
    this.recent.longest = Math.max(this.recent.longest, waiting);
    if (now - (this.overloadedSince ?? now) < REASSESS_EVERY_MS) return;
    const { admitted, refused, longest } = this.recent;
    const isOver =
      now - this.refusedAt > REASSESS_EVERY_MS ||
      refused < (admitted + refused) * REFUSED_SHARE ||
      (longest < short / 2 && performance.eventLoopUtilization(this.loop).utilization < BUSY_SHARE);
    if (!isOver) {
      this.begin(now);
      return;
    }
    this.overloadedSince = undefined;
    this.shortAt = now;
  }

  private begin(now: number): void {
    this.overloadedSince = now;
    this.loop = performance.eventLoopUtilization();
    Object.assign(this.recent, { admitted: 0, refused: 0, longest: 0 });
  }
}

const pathOf = ({ url = '/' }: IncomingMessage): string => splitTarget(url).path;
const isExempt = (path: string): boolean => isProbe(path) || PUBLIC_DOCUMENTS.test(path);

/** Operators have places of their own beyond those of the public. Introspection is not an operator's request. */
function isOperator(listener: ListenerName, path: string): boolean {
  return listener === 'admin' && !INTROSPECTION.test(path);
}
