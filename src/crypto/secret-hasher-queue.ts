/**
 * The bounded queue in front of hashing: so many at a time, that the thread pool keeps a thread for everything else, and
 * so many waiting, that an answer does not come after its asker has gone. Beyond that a caller is told at once.
 */
import { availableParallelism } from 'node:os';

/** The queue is full: try again in a moment. */
export class HashingQueueFull extends Error {
  constructor() {
    super('Too many secrets wait to be hashed.');
    this.name = 'HashingQueueFull';
  }
}

export interface HashingQueueLimits {
  running: number;
  waiting: number;
}

/** Node's thread pool has four threads. */
const DEFAULT_LIMITS: HashingQueueLimits = { running: Math.min(3, availableParallelism()), waiting: 256 };

export class HashingQueue {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly limits: HashingQueueLimits = DEFAULT_LIMITS) {}

  /** Runs the task when its turn comes. @throws HashingQueueFull */
  async run<T>(task: () => Promise<T>): Promise<T> {
    await this.turn();
    try {
      return await task();
    } finally {
      this.next();
    }
  }

  private turn(): Promise<void> {
    if (this.running < this.limits.running) {
      this.running++;
      return Promise.resolve();
    }
    if (this.waiting.length >= this.limits.waiting) return Promise.reject(new HashingQueueFull());
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Hands the place on, or gives it up. */
  private next(): void {
    const first = this.waiting.shift();
    if (first) first();
    else this.running--;
  }
}
