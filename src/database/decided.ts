/**
 * Statements that decide something once: a code is redeemed, a refresh token is rotated, a jti is marked. When the connection
 * is lost during one, its outcome is unknown, and the old backend may still be executing it. So the same
 * statement is sent again, with the same draft (ids, digests): it waits for the locks of the lost one, and then
 * either does the work, or is refused; then a read tells whether the stored row is this draft. So
 * a 503 means that nothing happened, unless the database is unreachable for longer than the retry lasts.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { QueryFailedError } from 'typeorm';
import { isUniqueViolation, sqlState } from './sql-state.js';
import { isUnavailable } from './unavailable.js';

/** The connection was lost while a statement was executed: it may have been carried out, or not. */
export class AnswerLost extends Error {
  constructor(cause: Error) {
    super(cause.message, { cause });
    this.name = 'AnswerLost';
  }

  /** The cause; `sqlState` and `isUnavailable` read it. Not an own property: TypeORM copies those of errors that it wraps. */
  get driverError(): unknown {
    return this.cause;
  }
}

export interface Deciding<T> {
  /** Sends the statement, each time with the same values: several calls must have the effect of one. */
  send: () => Promise<T>;
  /** Whether the result says that the draft was stored. */
  isDone: (answer: T) => boolean;
  /** The result that `send` would have returned, if the draft is stored; otherwise undefined. */
  readBack: () => Promise<T | undefined>;
  /** Called when the response to the first call was lost. */
  onLost?: () => void;
}

/** How long a lost result is looked for; a statement that is executing by then is still awaited. */
const AGAIN_FOR_MS = 5_000;
/**
 * The maximum number of retries at a time, more than there are connections to lose. When connections are lost as fast as they
 * are opened (behind a pooler whose database is down), further statements are refused at once, as in every other outage.
 */
const MOST = 256;
const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 500;

/**
 * The server may end a connection before or after the commit of the statement: connection exceptions, an
 * administrator's command, the crash of another backend. Every other code means that the statement failed.
 */
const UNKNOWN_OUTCOME = /^08|^57P0[12]$/;

/** The error of a statement that was sent: AnswerLost where its outcome is unknown. */
export function errorOfSent(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof AnswerLost || !isUnavailable(error)) return error;
  const state = sqlState(error);
  return state === undefined || UNKNOWN_OUTCOME.test(state) ? new AnswerLost(error) : error;
}

/** Also finds an error that TypeORM wrapped, as it does with every error of a statement. */
function isAnswerLost(error: unknown): error is Error {
  return error instanceof AnswerLost || (error instanceof QueryFailedError && error.driverError instanceof AnswerLost);
}

/** Returns the result of the statement, also when it was lost. @throws errors of `send`; AnswerLost where it stays unknown */
export async function decided<T>(deciding: Deciding<T>): Promise<T> {
  try {
    return await deciding.send();
  } catch (error) {
    if (!isAnswerLost(error)) throw error;
    deciding.onLost?.();
    return insisting(() => sendAgain(deciding), error);
  }
}

/** For statements that may run twice: it is sent again when its response was lost. @throws as `decided` */
export async function repeated<T>(send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (!isAnswerLost(error)) throw error;
    return insisting(send, error);
  }
}

async function sendAgain<T>({ send, isDone, readBack }: Deciding<T>): Promise<T> {
  let again: T;
  try {
    again = await send();
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    // The ids of the draft exist, or their row ended in between, or the key belongs to another row: a last read tells.
    return (await readBack()) ?? send();
  }
  return isDone(again) ? again : ((await readBack()) ?? again);
}

let insistingNow = 0;

/**
 * Retries while the store comes back.
 * @param isAway whether an attempt failed because the store is not back yet
 * @throws `lost` where it does not come back or too many retries are active, and any other error of an attempt
 */
export async function insisting<T>(
  attempt: () => Promise<T>,
  lost: Error,
  isAway: (error: unknown) => boolean = isUnavailable,
): Promise<T> {
  if (insistingNow >= MOST) throw lost;
  insistingNow++;
  try {
    return await untilBack(attempt, lost, isAway);
  } finally {
    insistingNow--;
  }
}

async function untilBack<T>(attempt: () => Promise<T>, lost: Error, isAway: (error: unknown) => boolean): Promise<T> {
  const until = performance.now() + AGAIN_FOR_MS;
  for (let pause = FIRST_PAUSE_MS; performance.now() < until; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    try {
      return await attempt();
    } catch (error) {
      if (!isAway(error)) throw error;
    }
    await sleep(pause);
  }
  throw lost;
}
