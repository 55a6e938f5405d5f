/**
 * Micro-batches: calls of one kind that arrive while a statement of that kind is executing wait for it and then go
 * together, as one statement. There is no timer: a call that finds a free slot goes at once, alone. A call that has waited
 * for longer than `database.max_wait` is refused, and is part of no statement.
 */
import { DatabaseBusy } from './database-busy.js';
import { isUnavailable } from './unavailable.js';
import { type DatabaseLoad, WaitingQueue } from './waiting-queue.js';

interface Waiting<Item, Result> {
  item: Item;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

/** Returns the results of all items, in their order. Where it throws, nothing has happened, so that it can be repeated. */
export type SendBatch<Item, Result> = (items: readonly Item[]) => Promise<readonly Result[]>;

export interface BatchLimits {
  /** Maximum number of statements of this kind that execute at the same time. */
  slots: number;
  /** Maximum number of items in one statement. */
  size: number;
  /** Maximum number of items that may wait for a slot. */
  waiting?: number;
}

/** Two slots: one is as fast while the database responds evenly, but a statement that waits for a lock would stop all others. */
const DEFAULT_LIMITS: BatchLimits = { slots: 2, size: 64 };

const MAX_WAITING = 4_096;

export class MicroBatch<Item, Result> {
  private readonly waiting: WaitingQueue<Waiting<Item, Result>>;
  private underWay = 0;

  constructor(
    private readonly send: SendBatch<Item, Result>,
    private readonly load: DatabaseLoad,
    private readonly limits: BatchLimits = DEFAULT_LIMITS,
  ) {
    this.waiting = new WaitingQueue(load, ({ reject }) => {
      reject(new DatabaseBusy('database.max_wait'));
    });
  }

  /** The result for this item. An item that fails does not affect the others. @throws DatabaseBusy where too many wait, or for too long */
  run(item: Item): Promise<Result> {
    if (this.waiting.length >= (this.limits.waiting ?? MAX_WAITING)) return Promise.reject(new DatabaseBusy());
    return new Promise((resolve, reject) => {
      this.waiting.add({ item, resolve, reject });
      if (this.underWay < this.limits.slots) void this.next();
    });
  }

  private async next(): Promise<void> {
    this.underWay++;
    for (;;) {
      const batch = this.waiting.take(this.limits.size);
      if (batch.length === 0) break;
      this.load.turns += batch.length;
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
      else await Promise.all(batch.map((one) => this.answer([one]))); // only the item that PostgreSQL refuses fails
    }
  }
}
