/**
 * The flow store holds what may expire: login, consent, logout and device flows, authorization codes, polling pace,
 * rate limits.
 * This is its inner face: bytes under keys, with two implementations (Redis, PostgreSQL). `Flows` is the outer one:
 * it digests the handle, seals the value, and tells "expired" from "unknown". `RateLimits` is that of the counters.
 */

/** A stored value and the version that a transition must name. */
export interface StoredFlow {
  value: Buffer;
  /** Counts from 1. */
  version: number;
}

/** How often something was counted in its window, and how much of the window is left. */
export interface StoredCount {
  count: number;
  remainingMs: number;
}

/** What `put` takes. */
export interface StoredRecord {
  key: Buffer;
  value: Buffer;
  keepForMs: number;
}

export interface FlowStore {
  /** Stores a new value, or replaces the one under the key, as version 1, unclaimed. `keepForMs` is mandatory. */
  put(key: Buffer, value: Buffer, keepForMs: number): Promise<void>;
  get(key: Buffer): Promise<StoredFlow | undefined>;
  /**
   * Compare and set: true when the stored version was the expected one and the value is now `next`. The lifetime stays.
   * Then `beside` is stored too, in the same round trip; otherwise it may be or not.
   */
  transition(key: Buffer, expectedVersion: number, next: Buffer, beside?: StoredRecord): Promise<boolean>;
  /** True for the first caller of a stored key, false for every later one and where nothing is stored. */
  claim(key: Buffer): Promise<boolean>;
  /** Takes the key away; no error where there is none. */
  remove(key: Buffer): Promise<void>;
  /** Counts one more under the key, in one step. The window begins with the first; after it counting begins anew. */
  count(key: Buffer, windowMs: number): Promise<StoredCount>;
  /** What was counted; undefined where nothing was, or its window is over. */
  counted(key: Buffer): Promise<StoredCount | undefined>;
  /** @throws when the store cannot be reached. */
  ping(): Promise<void>;
}

export const FLOW_STORE = Symbol('FLOW_STORE');

/** The store cannot be reached: browser flows answer 503 and are tried again. */
export class FlowStoreUnavailable extends Error {
  constructor(cause: unknown) {
    super('The flow store cannot be reached.', { cause });
    this.name = 'FlowStoreUnavailable';
  }
}
