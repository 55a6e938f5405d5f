/**
 * Micro-batches: calls of one kind that arrive while a statement of that kind is under way wait for it and then go
 * together, as one statement. Nobody waits for a clock: a call that finds a free slot goes at once, alone.
 */
import { DatabaseBusy } from './database-busy.js';
import { isUnavailable } from './unavailable.js';

interface Waiting<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/** Answers for all items, in their order. What it does must be repeatable where it throws: nothing of it has happened. */
export type SendBatch<Item, Result> = (items: readonly Item[]) => Promise<readonly Result[]>;

export interface BatchLimits {
  /** Statements of this kind under way at the same time, at most. */
  slots: number;
  /** Items in one statement, at most. */
  size: number;
  /** Items that may wait for a slot. */
  waiting?: number;
}

/** Two slots: one is as fast while the database answers evenly, and a statement that waits for a lock stops all others. */
const DEFAULT_LIMITS: BatchLimits = { slots: 2, size: 64 };

const MAX_WAITING = 4_096;

export class MicroBatch<Item, Result> {
  private waiting: Waiting<Item, Result>[] = [];
  private underWay = 0;

  constructor(
    private readonly send: SendBatch<Item, Result>,
    private readonly limits: BatchLimits = DEFAULT_LIMITS,
  ) {}

  /** The answer for this item. An item that fails takes no other one with it. @throws DatabaseBusy where too many wait */
  run(item: Item): Promise<Result> {
    if (this.waiting.length >= (this.limits.waiting ?? MAX_WAITING)) return Promise.reject(new DatabaseBusy());
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (this.underWay < this.limits.slots) void this.next();
    });
  }

  private async next(): Promise<void> {
    this.underWay++;
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, this.limits.size);
      await this.answer(batch);
    }
    this.underWay--;
  }

  /** Never throws. */
  private async answer(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.send(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, i) => {
        resolve(results[i] as Result);
      });
    } catch (error) {
      if (batch.length === 1 || isUnavailable(error)) for (const { reject } of batch) reject(error);
      else await Promise.all(batch.map((one) => this.answer([one]))); // the one that PostgreSQL refuses fails alone
    }
  }
}
