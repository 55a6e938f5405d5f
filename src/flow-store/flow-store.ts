/**
 * The flow store holds records that may expire: login, consent, logout and device flows, authorization codes, pushed
 * requests, polling pace, rate limits.
 * This interface stores bytes under keys and has two implementations (Redis, PostgreSQL). Other modules use `Flows`, which
 * digests the handle, encrypts the value and tells "expired" from "unknown", and `RateLimits` for the counters.
 */

/** A stored value and the version that a transition must name. */
export interface StoredFlow {
  value: Buffer;
  /** Counts from 1. */
  version: number;
}

/** The count in the present window, and how much of the window is left. */
export interface StoredCount {
  count: number;
  remainingMs: number;
}

/** How often a record may be polled. Times are in milliseconds. */
export interface Pace {
  /** Between two polls, at first. */
  everyMs: number;
  /** What each poll that comes too early adds to it. */
  slowerByMs: number;
  /** A poll may be early by this much, or by a quarter of the time between two polls if that is less. */
  toleranceMs: number;
}

/** The arguments of `put`. */
export interface StoredRecord {
  key: Buffer;
  value: Buffer;
  keepForMs: number;
}

export interface FlowStore {
  /** Stores the value as version 1, and replaces an existing one. `keepForMs` is mandatory. */
  put(key: Buffer, value: Buffer, keepForMs: number): Promise<void>;
  get(key: Buffer): Promise<StoredFlow | undefined>;
  /**
   * Compare and set: true when the stored version was the expected one and the value is now `next`. The lifetime stays.
   * `alsoPut` is then stored in the same round trip; when the result is false it may be stored or not.
   */
  transition(key: Buffer, expectedVersion: number, next: Buffer, alsoPut?: StoredRecord): Promise<boolean>;
  /**
   * Reads a record and notes that it was polled, in one round trip; the version stays. Whether the poll was in time is judged
   * on the clock of the node that stores the key. A poll that is too early does not restart the time between two polls, so
   * that whoever obeys is served. Undefined where there is no record.
   */
  poll(key: Buffer, pace: Pace): Promise<(StoredFlow & { inTime: boolean }) | undefined>;
  /** Deletes the key; an unknown key is no error. */
  remove(key: Buffer): Promise<void>;
  /** Adds one to the counter in one atomic step. The window begins with the first count; after it the counter restarts. */
  count(key: Buffer, windowMs: number): Promise<StoredCount>;
  /** The counter; undefined where nothing was counted or the window is over. */
  counted(key: Buffer): Promise<StoredCount | undefined>;
  /**
   * Milliseconds since 1970 on the clock of the node that stores the key. All processes read the same clock, unlike their
   * own clocks.
   */
  time(key: Buffer): Promise<number>;
  /** @throws when the store cannot be reached. */
  ping(): Promise<void>;
}

export const FLOW_STORE = Symbol('FLOW_STORE');

/** The store cannot be reached: browser flows are answered with 503 and may be tried again. */
export class FlowStoreUnavailable extends Error {
  constructor(cause: unknown) {
    super('The flow store cannot be reached.', { cause });
    this.name = 'FlowStoreUnavailable';
  }
}

/** The connection broke before the reply to a command: the command may have been executed or not. */
export class FlowAnswerLost extends FlowStoreUnavailable {}
